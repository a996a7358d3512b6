// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/quire/config: what can be set, one `name value` a line.
 *
 * A write is one setting, `name value` or `name=value`, and is taken whole or
 * not at all: an unknown name, a value that is not exactly one of those that
 * the setting has, or anything after it is refused with an errno and a line in
 * the log, and nothing has changed.
 */
#include <linux/capability.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "interface/interface.h"
#include "interface/setting.h"
#include "quire/part.h"
#include "thrash/control.h"
#include "thrash/spare.h"
#include "thrash/thrash.h"
#include "workingset/workingset.h"

#define QUIRE_SETTING_MAX	128	/* bytes in a write */
#define QUIRE_KEEP_MS_MAX	86400000
#define QUIRE_INTERVAL_MS_MIN	100
#define QUIRE_INTERVAL_MS_MAX	60000
#define QUIRE_LOOK_MS_MIN	50
#define QUIRE_LOOK_MS_MAX	10000
#define QUIRE_LEAK_S_MIN	8
#define QUIRE_LEAK_S_MAX	86400
#define QUIRE_QUANTUM_MS_MIN	1000
#define QUIRE_QUANTUM_MS_MAX	3600000

static const char * const quire_strict_values[] = {
	[QUIRE_STRICT_OFF] = "0", [QUIRE_STRICT_ON] = "1", [QUIRE_STRICT_AUTO] = "auto",
};

const char * const quire_control_values[] = {
	[QUIRE_CONTROL_OFF] = "off", [QUIRE_CONTROL_STOP] = "stop", [QUIRE_CONTROL_FREEZE] = "freeze",
};

/**
 * quire_config_show - print /proc/quire/config
 * @m:		where
 * @unused:	unused
 */
int quire_config_show(struct seq_file *m, void *unused)
{
	char rules[QUIRE_RULES_TEXT];
	struct quire_part *part;
	unsigned int i;

	quire_spare_reader();
	quire_parts_lock();
	for (i = 0; (part = quire_part_at(i)); i++) {
		if (part->optional)
			seq_printf(m, "%s %d\n", part->name, part->wanted);
	}
	quire_parts_unlock();
	seq_printf(m, "keep_exited_ms %u\n", quire_proc_keep_ms());
	quire_track_show(rules);
	seq_printf(m, "track %s\n", rules);
	seq_printf(m, "scan_interval_ms %u\n", quire_scan_interval_ms());
	seq_printf(m, "scan_cpu_permille %u\n", quire_scan_permille());
	seq_printf(m, "scan_strict %s\n", quire_strict_values[quire_scan_strict()]);
	seq_printf(m, "thrash_interval_ms %u\n", quire_thrash_interval_ms());
	seq_printf(m, "leak_seconds %u\n", quire_leak_seconds());
	seq_printf(m, "control %s\n", quire_control_values[quire_control()]);
	seq_printf(m, "control_quantum_ms %u\n", quire_control_quantum_ms());
	quire_essential_show(rules);
	seq_printf(m, "essential %s\n", rules);
	return 0;
}

static int quire_set_keep_ms(const char *value)
{
	unsigned int ms;

	if (quire_parse_uint(value, 0, QUIRE_KEEP_MS_MAX, &ms))
		return -EINVAL;
	quire_proc_set_keep_ms(ms);
	return 0;
}

static int quire_set_interval_ms(const char *value)
{
	unsigned int ms;

	if (quire_parse_uint(value, QUIRE_INTERVAL_MS_MIN, QUIRE_INTERVAL_MS_MAX, &ms))
		return -EINVAL;
	quire_scan_set_interval_ms(ms);
	return 0;
}

static int quire_set_permille(const char *value)
{
	unsigned int permille;

	if (quire_parse_uint(value, 1, 1000, &permille))
		return -EINVAL;
	quire_scan_set_permille(permille);
	return 0;
}

static int quire_set_strict(const char *value)
{
	int strict = match_string(quire_strict_values, ARRAY_SIZE(quire_strict_values), value);

	if (strict < 0)
		return -EINVAL;
	quire_scan_set_strict(strict);
	return 0;
}

static int quire_set_look_ms(const char *value)
{
	unsigned int ms;

	if (quire_parse_uint(value, QUIRE_LOOK_MS_MIN, QUIRE_LOOK_MS_MAX, &ms))
		return -EINVAL;
	quire_thrash_set_interval_ms(ms);
	return 0;
}

static int quire_set_leak_seconds(const char *value)
{
	unsigned int seconds;

	if (quire_parse_uint(value, QUIRE_LEAK_S_MIN, QUIRE_LEAK_S_MAX, &seconds))
		return -EINVAL;
	quire_leak_set_seconds(seconds);
	return 0;
}

static int quire_set_control(const char *value)
{
	int control = match_string(quire_control_values, ARRAY_SIZE(quire_control_values), value);
	int err;

	if (control < 0)
		return -EINVAL;
	quire_parts_lock();
	err = quire_control_set(control);
	quire_parts_unlock();
	return err;
}

static int quire_set_quantum_ms(const char *value)
{
	unsigned int ms;

	if (quire_parse_uint(value, QUIRE_QUANTUM_MS_MIN, QUIRE_QUANTUM_MS_MAX, &ms))
		return -EINVAL;
	quire_control_set_quantum_ms(ms);
	return 0;
}

/* What can be set beside the parts. */
static const struct {
	const char *name;
	int (*set)(const char *value);
} quire_settings[] = {
	{ "keep_exited_ms", quire_set_keep_ms },
	{ "track", quire_track_set },
	{ "scan_interval_ms", quire_set_interval_ms },
	{ "scan_cpu_permille", quire_set_permille },
	{ "scan_strict", quire_set_strict },
	{ "thrash_interval_ms", quire_set_look_ms },
	{ "leak_seconds", quire_set_leak_seconds },
	{ "control", quire_set_control },
	{ "control_quantum_ms", quire_set_quantum_ms },
	{ "essential", quire_essential_set },
};

static int quire_set(const char *name, const char *value)
{
	struct quire_part *part;
	unsigned int i;
	bool on;

	for (i = 0; i < ARRAY_SIZE(quire_settings); i++) {
		if (!strcmp(name, quire_settings[i].name))
			return quire_settings[i].set(value);
	}
	for (i = 0; (part = quire_part_at(i)); i++) {
		if (!part->optional || strcmp(name, part->name))
			continue;
		return quire_parse_switch(value, &on) ?: quire_part_switch(part, on);
	}
	return -ENOENT;
}

static const char *quire_set_failure(int err)
{
	switch (err) {
	case -ENOENT:
		return "no such setting";
	case -EINVAL:
	case -E2BIG:
		return "not a value that it can have";
	case -EOPNOTSUPP:
		return "wants thrash=1 and workingset=1 first";
	case -ENOTDIR:
		return "/sys/fs/cgroup is not cgroup v2, or not all of it";
	default:
		return "cannot be switched on here, see /proc/quire/status";
	}
}

/**
 * quire_config_write - change a setting
 * @file:	/proc/quire/config
 * @text:	one setting, with or without a newline at its end
 * @size:	bytes of it
 * @pos:	unused
 *
 * Return: @size, or -EPERM without CAP_SYS_ADMIN, -E2BIG, -EFAULT, -ENOENT for an
 * unknown setting, -EINVAL for a bad value, or the error of switching on a part.
 */
ssize_t quire_config_write(struct file *file, const char __user *text, size_t size,
			   loff_t *pos)
{
	char *line, *name, *value;
	int err;

	if (!file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN))
		return -EPERM;
	quire_spare_reader();
	if (size > QUIRE_SETTING_MAX) {
		pr_info_ratelimited("quire: config: refused, %zu bytes are no setting\n", size);
		return -E2BIG;
	}
	line = memdup_user_nul(text, size);
	if (IS_ERR(line))
		return PTR_ERR(line);

	err = quire_parse_setting(line, size, &name, &value);
	if (err)
		pr_info_ratelimited("quire: config: refused \"%*pE\": want name=value\n",
				    (int)min_t(size_t, size, 40), line);
	else
		err = quire_set(name, value);
	if (err && err != -EBADMSG)
		pr_info_ratelimited("quire: config: refused \"%*pE\"=\"%*pE\": %s\n",
				    (int)min_t(size_t, strlen(name), 40), name,
				    (int)min_t(size_t, strlen(value), 40), value,
				    quire_set_failure(err));
	kfree(line);
	if (err == -EBADMSG)
		err = -EINVAL;
	return err ?: size;
}
