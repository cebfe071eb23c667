// SPDX-License-Identifier: MIT
/*
 * See json.h. Vectors are ours to trust: what is not understood ends the line.
 */
#include "json.h"

#include <stdlib.h>
#include <string.h>

#define POOL 65536

static struct json pool[POOL];
static size_t used;

static struct json *parse_value(const char **p);

static void blanks(const char **p)
{
	while (**p == ' ' || **p == '\t' || **p == '\n' || **p == '\r')
		(*p)++;
}

static bool parse_string(const char **p, const char **text, size_t *len)
{
	if (**p != '"')
		return false;
	*text = ++*p;
	while (**p && **p != '"')
		(*p)++;
	*len = *p - *text;
	return *(*p)++ == '"';
}

static bool parse_members(const char **p, struct json *v, char close)
{
	struct json **tail = &v->first, *child;
	const char *key = NULL;
	size_t key_len = 0;

	(*p)++;
	blanks(p);
	while (**p != close) {
		if (close == '}') {
			if (!parse_string(p, &key, &key_len))
				return false;
			blanks(p);
			if (*(*p)++ != ':')
				return false;
		}
		child = parse_value(p);
		if (!child)
			return false;
		child->key = key;
		child->key_len = key_len;
		*tail = child;
		tail = &child->next;
		blanks(p);
		if (**p == ',')
			(*p)++;
		else if (**p != close)
			return false;
		blanks(p);
	}
	(*p)++;
	return true;
}

static bool parse_scalar(const char **p, struct json *v)
{
	static const char *const words[] = { "null", "false", "true" };
	char *end;
	int i;

	for (i = 0; i < 3; i++) {
		if (strncmp(*p, words[i], strlen(words[i])))
			continue;
		*p += strlen(words[i]);
		v->kind = i ? JSON_NUMBER : JSON_NULL;
		v->number = i == 2;
		return true;
	}
	v->kind = JSON_NUMBER;
	v->number = **p == '-' ? strtoll(*p, &end, 10) : (int64_t)strtoull(*p, &end, 10);
	if (end == *p)
		return false;
	*p = end;
	return true;
}

static struct json *parse_value(const char **p)
{
	struct json *v;

	if (used == POOL)
		return NULL;
	v = memset(&pool[used++], 0, sizeof(*v));
	blanks(p);
	switch (**p) {
	case '{':
		v->kind = JSON_OBJECT;
		return parse_members(p, v, '}') ? v : NULL;
	case '[':
		v->kind = JSON_ARRAY;
		return parse_members(p, v, ']') ? v : NULL;
	case '"':
		v->kind = JSON_STRING;
		return parse_string(p, &v->text, &v->len) ? v : NULL;
	default:
		return parse_scalar(p, v) ? v : NULL;
	}
}

const struct json *json_parse(const char *line)
{
	used = 0;
	return parse_value(&line);
}

const struct json *json_get(const struct json *object, const char *key)
{
	const struct json *v;

	for (v = object ? object->first : NULL; v; v = v->next)
		if (v->key_len == strlen(key) && !memcmp(v->key, key, v->key_len))
			return v;
	return NULL;
}

int64_t json_number(const struct json *object, const char *key, int64_t missing)
{
	const struct json *v = json_get(object, key);

	return v ? v->number : missing;
}

size_t json_count(const struct json *array)
{
	const struct json *v;
	size_t n = 0;

	for (v = array ? array->first : NULL; v; v = v->next)
		n++;
	return n;
}

const struct json *json_at(const struct json *array, size_t i)
{
	static const struct json nothing = { .kind = JSON_NULL };
	const struct json *v;

	for (v = array ? array->first : NULL; v && i; v = v->next)
		i--;
	return v ? v : &nothing;
}

static int digit(char c)
{
	const char *digits = "0123456789abcdef", *at = strchr(digits, c);

	return c && at ? (int)(at - digits) : -1;
}

long json_hex(const struct json *string, uint8_t *out, size_t room)
{
	size_t i;

	if (!string || string->kind != JSON_STRING || string->len % 2 || string->len / 2 > room)
		return -1;
	for (i = 0; i < string->len; i += 2) {
		int high = digit(string->text[i]), low = digit(string->text[i + 1]);

		if (high < 0 || low < 0)
			return -1;
		out[i / 2] = high << 4 | low;
	}
	return string->len / 2;
}
