/* SPDX-License-Identifier: MIT */
/*
 * Just enough JSON to read vectors: whole numbers, strings without escapes,
 * arrays, objects, null and booleans.
 */
#ifndef _TESTS_CORE_JSON_H
#define _TESTS_CORE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_kind { JSON_NULL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
	enum json_kind kind;
	int64_t number;   /* also of values above INT64_MAX, wrapped */
	const char *text; /* of a string, not terminated */
	size_t len;       /* of a string */
	const char *key;  /* in an object, not terminated */
	size_t key_len;
	struct json *first; /* of an array or object */
	struct json *next;  /* in an array or object */
};

/* Parse a line; the values live in a pool that the next call reuses. */
const struct json *json_parse(const char *line);
const struct json *json_get(const struct json *object, const char *key);
int64_t json_number(const struct json *object, const char *key, int64_t missing);
size_t json_count(const struct json *array);
/* A null where there is no such entry. */
const struct json *json_at(const struct json *array, size_t i);
/* Bytes of a string of hex digits; -1 when it is none or does not fit. */
long json_hex(const struct json *string, uint8_t *out, size_t room);

#endif
