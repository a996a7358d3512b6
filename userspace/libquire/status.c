// SPDX-License-Identifier: GPL-2.0
/*
 * What /proc/quire/status and /proc/quire/config say.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

static const char * const states[] = {
	[QUIRE_RUNNING] = "running", [QUIRE_OFF] = "off", [QUIRE_UNAVAILABLE] = "unavailable",
};

/* Cut a line at its first " - ", behind which it says what the line is about. */
static char *cut_about(char *line)
{
	char *about = line ? strstr(line, " - ") : NULL;

	if (!about)
		return NULL;
	*about = '\0';
	return about + 3;
}

static bool parse_state(const char *word, enum quire_state *state)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (!strcmp(word, states[i])) {
			*state = i;
			return true;
		}
	}
	return false;
}

/* part NAME STATE[: WHY] - ABOUT */
static int parse_part(struct quire_part_status *part, char *line)
{
	static char nothing[] = "";
	char *colon;

	part->about = cut_about(line);
	part->name = quire_word(&line);
	if (!part->about || !line || !quire_is_name(part->name))
		return -EBADMSG;
	part->why = nothing;
	colon = strstr(line, ": ");
	if (colon) {
		*colon = '\0';
		part->why = colon + 2;
	}
	if (!parse_state(line, &part->state) ||
	    (colon && (part->state != QUIRE_UNAVAILABLE || !*part->why)))
		return -EBADMSG;
	return 0;
}

/* hook PART NAME attached missed N - COST; or "off", or "unavailable error N" */
static int parse_hook(struct quire_hook_status *hook, char *line)
{
	char *state, *what, *number;
	uint64_t value;

	hook->cost = cut_about(line);
	hook->part = quire_word(&line);
	hook->name = quire_word(&line);
	state = quire_word(&line);
	if (!hook->cost || !state || !quire_is_name(hook->part) || !*hook->name)
		return -EBADMSG;
	if (!strcmp(state, "off") && !line) {
		hook->state = QUIRE_OFF;
		return 0;
	}
	what = quire_word(&line);
	number = quire_word(&line);
	if (!number || line)
		return -EBADMSG;
	if (!strcmp(state, "attached") && !strcmp(what, "missed")) {
		hook->state = QUIRE_RUNNING;
		return quire_number(number, &hook->missed) ? 0 : -EBADMSG;
	}
	hook->state = QUIRE_UNAVAILABLE;
	if (strcmp(state, "unavailable") || strcmp(what, "error") || *number != '-' ||
	    !quire_number(number + 1, &value) || !value || value > 4095)
		return -EBADMSG;
	hook->error = -(int)value;
	return 0;
}

/* NAME TEXT */
static int parse_fact(struct quire_fact *fact, size_t *count, size_t max, char *name, char *text)
{
	if (*count == max || !name || !quire_is_name(name) || !text || !*text)
		return -EBADMSG;
	fact[(*count)++] = (struct quire_fact){ name, text };
	return 0;
}

static int parse_status_line(struct quire_status *status, char *line)
{
	char *word = quire_word(&line), *name;

	if (!strcmp(word, "part"))
		return status->parts == QUIRE_COLUMNS_MAX ? -EBADMSG :
		       parse_part(&status->part[status->parts++], line);
	if (!strcmp(word, "hook"))
		return status->hooks == QUIRE_LINES_MAX ? -EBADMSG :
		       parse_hook(&status->hook[status->hooks++], line);
	if (!strcmp(word, "limits")) {
		name = quire_word(&line);
		return parse_fact(status->limit, &status->limits, QUIRE_COLUMNS_MAX, name, line);
	}
	if (quire_fact(status, word))
		return -EBADMSG;
	return parse_fact(status->fact, &status->facts, QUIRE_LINES_MAX, word, line);
}

int quire_status_parse(struct quire_status *status, const char *text, size_t size,
		       struct quire_error *error)
{
	struct quire_lines lines;
	char *line;
	int err;

	memset(status, 0, sizeof(*status));
	err = quire_lines_open(&lines, &status->text, "status", text, size, error);
	while (!err && (line = quire_lines_next(&lines))) {
		err = lines.number > QUIRE_LINES_MAX ? -EBADMSG : parse_status_line(status, line);
		if (err)
			quire_lines_bad(&lines, "makes no sense, or comes twice");
	}
	if (!err && !quire_fact(status, "version"))
		err = quire_fail(error, -EBADMSG, "status does not say the version");
	if (err)
		quire_status_free(status);
	return err;
}

void quire_status_free(struct quire_status *status)
{
	free(status->text);
	memset(status, 0, sizeof(*status));
}

static const char *find(const struct quire_fact *fact, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(fact[i].name, name))
			return fact[i].text;
	return NULL;
}

const char *quire_fact(const struct quire_status *status, const char *name)
{
	return find(status->fact, status->facts, name);
}

int quire_config_parse(struct quire_config *config, const char *text, size_t size,
		       struct quire_error *error)
{
	struct quire_lines lines;
	char *line, *name;
	int err;

	memset(config, 0, sizeof(*config));
	err = quire_lines_open(&lines, &config->text, "config", text, size, error);
	while (!err && (line = quire_lines_next(&lines))) {
		name = quire_word(&line);
		if (quire_config_value(config, name) || (line && strchr(line, ' ')))
			err = -EBADMSG;
		else
			err = parse_fact(config->setting, &config->settings, QUIRE_COLUMNS_MAX, name,
					 line);
		if (err)
			quire_lines_bad(&lines, "is no setting, or one too many");
	}
	if (err)
		quire_config_free(config);
	return err;
}

void quire_config_free(struct quire_config *config)
{
	free(config->text);
	memset(config, 0, sizeof(*config));
}

const char *quire_config_value(const struct quire_config *config, const char *name)
{
	return find(config->setting, config->settings, name);
}
