/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Macros of the kernel's as cppcheck has to see them to follow the code, since it reads no kernel
 * header: what they set, and that their bodies may run many times.
 */
#define per_cpu(variable, cpu)		(variable)
#define xa_for_each(xa, index, entry)	\
	for ((index) = 0; ((entry) = xa_load(xa, index)); (index)++)
#define hash_for_each_possible_rcu(table, entry, member, key)	\
	for ((entry) = any_entry(table); (entry); (entry) = any_entry(entry))
#define hash_for_each_possible(table, entry, member, key)	\
	for ((entry) = any_entry(table); (entry); (entry) = any_entry(entry))
#define hlist_for_each_entry_rcu(entry, head, member, condition)	\
	for ((entry) = any_entry(head); (entry); (entry) = any_entry(entry))
#define list_for_each_entry(entry, head, member)	\
	for ((entry) = any_entry(head); (entry); (entry) = any_entry(entry))
#define list_for_each_entry_safe(entry, following, head, member)	\
	for ((entry) = any_entry(head), (following) = any_entry(entry); (entry);	\
	     (entry) = (following), (following) = any_entry(entry))
#define hash_for_each(table, bucket, entry, member)	\
	for ((bucket) = 0, (entry) = any_entry(table); (entry); (entry) = any_entry(entry))
#define hash_for_each_safe(table, bucket, following, entry, member)	\
	for ((bucket) = 0, (entry) = any_entry(table), (following) = any_node(entry); (entry);	\
	     (entry) = any_entry(following), (following) = any_node(entry))
#define for_each_online_node(node)	for ((node) = 0; (node) < nr_node_ids; (node)++)
#define TRACE_DEFINE_ENUM(value)
#define TRACE_EVENT(...)
#define DECLARE_EVENT_CLASS(...)
#define DEFINE_EVENT(...)
