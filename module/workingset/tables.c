// SPDX-License-Identifier: GPL-2.0
/*
 * The way of one address through the page tables, for whoever wants to see it.
 *
 *	pgd -> (p4d) -> pud -> pmd -> pte		each entry holds the next table's address,
 *			 |      |			or that of a page of 1 GiB, 2 MiB, 4 KiB
 *			 1 GiB  2 MiB
 *
 * Nothing is changed. The mmap_lock, held for reading, keeps the upper tables of what is mapped,
 * but for one that hugetlb shares: that is kept by the lock of the file's mappings. Where nothing is
 * mapped any more munmap() may be freeing them, with the lock held for reading as well: there it
 * is held for writing. The last table may be freed by RCU meanwhile. An entry is read
 * once, so it is one that has been there, though the next one may be of a moment later.
 */
#include <linux/fs.h>
#include <linux/hugetlb_inline.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include "compat/walk.h"
#include "workingset/tables.h"

static void quire_table_put(struct quire_table_entry *entry, const char *level, unsigned long index,
			    u64 value)
{
	entry->level = level;
	entry->index = index;
	entry->value = value;
	entry->frame = value & _PAGE_PRESENT ? value & PTE_PFN_MASK : value;
}

/* The last level: its table may go as soon as RCU lets it. */
static unsigned int quire_table_last(pmd_t *pmd, unsigned long address,
				     struct quire_table_entry *entry)
{
	pmd_t value;
	pte_t pte;

	rcu_read_lock();
	value = READ_ONCE(*pmd);
	barrier();
	if (!quire_pmd_is_table(value)) {
		rcu_read_unlock();
		return 0;
	}
	pte = READ_ONCE(*pte_offset_kernel(&value, address));
	rcu_read_unlock();
	quire_table_put(entry, "pte", pte_index(address), pte_val(pte));
	return 1;
}

static unsigned int quire_table_walk(struct mm_struct *mm, unsigned long address,
				     struct quire_table_entry *entry)
{
	pgd_t *pgd = pgd_offset(mm, address);
	unsigned int nr = 0;
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;

	quire_table_put(&entry[nr++], "pgd", pgd_index(address), pgd_val(READ_ONCE(*pgd)));
	if (pgd_none(*pgd) || pgd_bad(*pgd))
		return nr;
	p4d = p4d_offset(pgd, address);
	if (pgtable_l5_enabled())
		quire_table_put(&entry[nr++], "p4d", p4d_index(address), p4d_val(READ_ONCE(*p4d)));
	if (p4d_none(*p4d) || p4d_bad(*p4d))
		return nr;
	pud = pud_offset(p4d, address);
	quire_table_put(&entry[nr++], "pud", pud_index(address), pud_val(READ_ONCE(*pud)));
	if (pud_none(*pud) || pud_leaf(*pud) || pud_bad(*pud))
		return nr;
	pmd = pmd_offset(pud, address);
	quire_table_put(&entry[nr++], "pmd", pmd_index(address), pmd_val(READ_ONCE(*pmd)));
	return nr + quire_table_last(pmd, address, &entry[nr]);
}

static int quire_table_walk_mapped(struct vm_area_struct *vma, unsigned long address,
				   struct quire_table_entry *entry)
{
	struct address_space *shared = is_vm_hugetlb_page(vma) ? vma->vm_file->f_mapping : NULL;
	int nr;

	if (shared)
		i_mmap_lock_read(shared);
	nr = quire_table_walk(vma->vm_mm, address, entry);
	if (shared)
		i_mmap_unlock_read(shared);
	return nr;
}

static int quire_table_walk_locked(struct mm_struct *mm, unsigned long address,
				   struct quire_table_entry *entry)
{
	struct vm_area_struct *vma;
	int nr = 0;

	if (mmap_read_lock_killable(mm))
		return -EINTR;
	vma = vma_lookup(mm, address);
	if (vma)
		nr = quire_table_walk_mapped(vma, address, entry);
	mmap_read_unlock(mm);
	if (nr)
		return nr;
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	nr = quire_table_walk(mm, address, entry);
	mmap_write_unlock(mm);
	return nr;
}

/**
 * quire_tables_read - follow an address
 * @pid:	the process
 * @address:	in it
 * @entry:	QUIRE_TABLE_LEVELS of them, filled in from the top as far as it goes
 *
 * Context: process, may sleep.
 * Return: how many entries; -ESRCH if the process has no memory, -EINVAL if it can have
 * nothing there, -EINTR.
 */
int quire_tables_read(struct pid *pid, unsigned long address, struct quire_table_entry *entry)
{
	struct task_struct *task = get_pid_task(pid, PIDTYPE_TGID);
	struct mm_struct *mm = task ? get_task_mm(task) : NULL;
	int nr = -EINVAL;

	if (task)
		put_task_struct(task);
	if (!mm)
		return -ESRCH;
	if (address < TASK_SIZE_MAX)
		nr = quire_table_walk_locked(mm, address, entry);
	mmput(mm);
	return nr;
}
