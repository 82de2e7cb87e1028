/* test-release.c - versions are read as people write them, and sorted
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <config.h>

#include <limits.h>

#include "balenaos/release.h"
#include "unit.h"

struct parse_case {
	const char *text;
	const char *normal;
	const char *prerelease, *build;
	unsigned major, minor, patch, rev;
	bool dev, prod;
};

static const struct parse_case parsed[] = {
	{ "2.53.0", "2.53.0", "", "", 2, 53, 0, 0, false, false },
	{ " v8.0.2\n", "8.0.2", "", "", 8, 0, 2, 0, false, false },
	{ "7.4.0+rev7", "7.4.0+rev7", "", "rev7", 7, 4, 0, 7, false, false },
	{ "2.7.5_rev1", "2.7.5+rev1", "", "rev1", 2, 7, 5, 1, false, false },
	{ "2.7.5.rev3", "2.7.5+rev3", "", "rev3", 2, 7, 5, 3, false, false },
	{ "2.48.0+rev1.prod", "2.48.0+rev1.prod", "", "rev1.prod", 2, 48, 0, 1,
	  false, true },
	{ "2.48.0.rev12.dev", "2.48.0+rev12.dev", "", "rev12.dev", 2, 48, 0,
	  12, true, false },
	{ "2.0.3.prod", "2.0.3+prod", "", "prod", 2, 0, 3, 0, false, true },
	{ "2.0.3.dev", "2.0.3+dev", "", "dev", 2, 0, 3, 0, true, false },
	{ "Resin OS 2.0.2 (prod)", "2.0.2+prod", "", "prod", 2, 0, 2, 0, false,
	  true },
	{ "Resin OS 2.0.2 (dev)", "2.0.2+dev", "", "dev", 2, 0, 2, 0, true,
	  false },
	{ "balenaOS 2.12.3+rev1", "2.12.3+rev1", "", "rev1", 2, 12, 3, 1,
	  false, false },
	{ "balenaOS 2.12.3+rev1 (dev)", "2.12.3+rev1.dev", "", "rev1.dev", 2,
	  12, 3, 1, true, false },
	{ "RESIN os v1.24.0", "1.24.0", "", "", 1, 24, 0, 0, false, false },
	{ "Resin OS 2.0.0-beta.3", "2.0.0-beta.3", "beta.3", "", 2, 0, 0, 0,
	  false, false },
	{ "2.0.0-rc6", "2.0.0-rc6", "rc6", "", 2, 0, 0, 0, false, false },
	{ "1.1.4-ts", "1.1.4-ts", "ts", "", 1, 1, 4, 0, false, false },
	{ "2.0.6+a", "2.0.6+a", "", "a", 2, 0, 6, 0, false, false },
	{ "2.09.1", "2.9.1", "", "", 2, 9, 1, 0, false, false },
	{ "2019.10.0", "2019.10.0", "", "", 2019, 10, 0, 0, false, false },
	{ "v2020.04.1+rev1", "2020.4.1+rev1", "", "rev1", 2020, 4, 1, 1, false,
	  false },
	/* Two fields, as in the 1.x era. */
	{ "1.24", "1.24.0", "", "", 1, 24, 0, 0, false, false },
	{ "Resin OS v1.30", "1.30.0", "", "", 1, 30, 0, 0, false, false },
	{ "1.26-rc0", "1.26.0-rc0", "rc0", "", 1, 26, 0, 0, false, false },
	{ "2.0-beta.9", "2.0.0-beta.9", "beta.9", "", 2, 0, 0, 0, false,
	  false },
	{ "1.24+rev2", "1.24.0+rev2", "", "rev2", 1, 24, 0, 2, false, false },
	/* The first revision counts, and only a whole word. */
	{ "2.1.0+rev2.rev3", "2.1.0+rev2.rev3", "", "rev2.rev3", 2, 1, 0, 2,
	  false, false },
	{ "2.1.0+revx.arev1.rev", "2.1.0+revx.arev1.rev", "", "revx.arev1.rev",
	  2, 1, 0, 0, false, false },
	{ "2.1.0+rev99999999999", "2.1.0+rev99999999999", "", "rev99999999999",
	  2, 1, 0, UINT_MAX, false, false },
	{ "2.1.0+rev007", "2.1.0+rev7", "", "rev7", 2, 1, 0, 7, false, false },
	{ "2.1.0+dev-1.PROD", "2.1.0+dev-1.PROD", "", "dev-1.PROD", 2, 1, 0, 0,
	  false, false },
};

static void
test_parsed(void)
{
	struct release got;
	size_t i;

	for (i = 0; i < sizeof(parsed) / sizeof(parsed[0]); i++) {
		const struct parse_case *want = &parsed[i];

		release_parse(want->text, &got);
		if (!got.parsed)
			FAIL("\"%s\" was not parsed", want->text);
		CHECK_STR(got.text, want->normal);
		CHECK_STR(got.prerelease, want->prerelease);
		CHECK_STR(got.build, want->build);
		CHECK(got.major == want->major && got.minor == want->minor);
		CHECK(got.patch == want->patch && got.rev == want->rev);
		CHECK(got.dev == want->dev && got.prod == want->prod);
	}
}

static void
test_unparsed(void)
{
	static const char *const texts[][2] = {
		{ "", "" },
		{ "latest", "latest" },
		{ "2", "2" },
		{ "2.", "2." },
		{ "1.2.3.4", "1.2.3.4" },
		{ "2019.01.05", "2019.1.05" },
		{ "1.2.3-", "1.2.3-" },
		{ "1.2.3+", "1.2.3+" },
		{ "1.2.3-a..b", "1.2.3-a..b" },
		{ "1.2.3-01.02", "1.2.3-1.02" },
		{ "4294967296.0.0", "4294967296.0.0" },
		{ "1.2.3 4", "1.2.3 4" },
		{ "1.2.3+a_b", "1.2.3+a_b" },
		{ "resin-image-x-20200101", "resin-image-x-20200101" },
		{ "a\xff\x80z", "a??z" },
		{ "\xc3\xa9", "\xc3\xa9" },
	};
	char longer[400] = "1.2.3+";
	struct release got;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		release_parse(texts[i][0], &got);
		if (got.parsed)
			FAIL("\"%s\" was parsed", texts[i][0]);
		CHECK_STR(got.text, texts[i][1]);
		CHECK(!got.major && !got.build[0] && !got.dev);
	}

	memset(longer + 6, 'x', sizeof(longer) - 7);
	release_parse(longer, &got);
	CHECK(!got.parsed && strlen(got.text) == sizeof(got.text) - 3);
	longer[6 + 63] = '\0';
	release_parse(longer, &got);
	CHECK(got.parsed && strlen(got.build) == 63);
	longer[6 + 63] = 'x';
	longer[6 + 64] = '\0';
	release_parse(longer, &got);
	CHECK(!got.parsed);
}

static int
sign(int order)
{
	return (order > 0) - (order < 0);
}

/* Every version in the list is older than all those after it. */
static void
test_order(void)
{
	static const char *const ascending[] = {
		"1.2.3.4",
		"latest",
		"nightly",
		"1.0.0",
		"1.1.4-ts",
		"1.1.4",
		"1.2",
		"1.24",
		"1.30",
		"2.0-beta.1",
		"2.0-beta.9",
		"2.0.0-beta.10",
		"2.0.0-beta10",
		"2.0.0-beta13",
		"2.0.0-rc1",
		"2.0.0-rc6",
		"2.0.0+rev1",
		"Resin OS 2.0.2 (dev)",
		"2.0.2",
		"Resin OS 2.0.2 (prod)",
		"2.0.2+rev2.dev",
		"2.0.2_rev2",
		"2.0.2.rev2.prod",
		"2.0.2+rev10",
		"2.0.6+-",
		"2.0.6+1",
		"2.0.6+9",
		"2.0.6+a",
		"2.0.6+A",
		"2.0.6+a-",
		"2.0.6+a.b",
		"2.0.6+aa",
		"2.0.6+B",
		"2.12.0-1",
		"2.12.0-2",
		"2.12.0-10",
		"2.12.0-a",
		"2.12.0-a.1",
		"2.12.0",
		"v2.53.0",
		"2.114.0",
		"8.0.2",
		"2019.10.0",
		"2020.4.0",
	};
	size_t count = sizeof(ascending) / sizeof(ascending[0]);
	struct release a, b;
	size_t i, j;

	for (i = 0; i < count; i++) {
		release_parse(ascending[i], &a);
		for (j = 0; j < count; j++) {
			release_parse(ascending[j], &b);
			if (sign(release_compare(&a, &b)) != (i > j) - (i < j))
				FAIL("\"%s\" and \"%s\"", ascending[i],
				     ascending[j]);
		}
	}
}

static void
test_equal(const char *one, const char *other)
{
	struct release a, b;

	release_parse(one, &a);
	release_parse(other, &b);
	if (release_compare(&a, &b) != 0)
		FAIL("\"%s\" is not \"%s\"", one, other);
}

struct at_least_case {
	const char *release, *version;
	bool answer;
};

static const struct at_least_case at_least[] = {
	{ "2.53.0", "2.53.0", true },
	{ "2.53.0+rev1.dev", "2.53.0", true },
	{ "balenaOS 2.53.0 (dev)", "2.53.0", true },
	{ "2.53.0-beta.1", "2.53.0", false },
	{ "2.52.7+rev9", "2.53.0", false },
	{ "2.53.0+rev1", "2.53.0+rev2", false },
	{ "2.53.0+rev2", "2.53.0+rev2", true },
	{ "2.53.1", "2.53.0+rev2", true },
	{ "2.114.0", "2.53.0", true },
	{ "8.0.2", "2.85.0", true },
	{ "1.24", "1.12.0", true },
	{ "1.24", "1.24.0", true },
	{ "1.24", "2.0.0", false },
	{ "2.0-beta.9", "2.0.0", false },
	{ "unknown", "1.0.0", false },
	{ "", "1.0.0", false },
	{ "2.53.0", "unknown", false },
	/* Extended support releases: as the line they were cut from. */
	{ "2019.10.0", "2.44.0", true },
	{ "2019.10.5+rev3", "2.53.0", false },
	{ "2020.7.2", "2.50.0", true },
	{ "2020.7.2", "2.53.0", false },
	{ "2020.10.0", "2.53.0", false },
	{ "2021.1.0", "2.53.0", true },
	{ "2021.10.2", "2.83.0", true },
	{ "2021.10.2", "2.85.0", false },
	{ "2022.1.0.dev", "2.85.0", true },
	{ "2023.10.0", "3.2.0", true },
	{ "2023.10.0", "5.0.0", false },
	{ "2026.6.0", "7.4.0", true },
	{ "2031.1.0", "7.4.0", true },
	{ "2019.1.0", "2.38.0", true },
	{ "2019.10.1", "2019.10.0", true },
	{ "2019.10.1", "2020.4.0", false },
	{ "8.0.2", "2019.10.0", false },
};

int
main(void)
{
	struct release release;
	size_t i;

	test_parsed();
	test_unparsed();
	test_order();
	test_equal("1.24", "Resin OS v1.24.0");
	test_equal("2.7.5_rev1", "2.7.5.rev1");
	test_equal("2.0.3.prod", "Resin OS 2.0.3 (prod)");
	test_equal("nightly", " nightly ");
	for (i = 0; i < sizeof(at_least) / sizeof(at_least[0]); i++) {
		release_parse(at_least[i].release, &release);
		if (release_at_least(&release, at_least[i].version) !=
		    at_least[i].answer)
			FAIL("\"%s\" at least %s", at_least[i].release,
			     at_least[i].version);
	}
	return 0;
}
