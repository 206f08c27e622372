/* Request memory: zeroed, aligned, capped, reused. */
#include "lib/arena.h"
#include "vectors.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

#define CAP ((size_t)1 << 20)

static int make(void **state)
{
    *state = arena_new(CAP);
    return 0;
}

static int drop(void **state)
{
    arena_free(*state);
    return 0;
}

static void zeroed_and_aligned(void **state)
{
    struct arena *a = *state;

    for (int round = 0; round < 3; round++) {
        for (size_t n = 0; n < 700; n += 7) {
            unsigned char *p = arena_alloc(a, n);

            assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < n; i++) {
                assert_int_equal(p[i], 0);
            }
            memset(p, 0xA5, n); /* the next round must not see it */
        }
        arena_reset(a);
    }
}

static void pieces_do_not_overlap(void **state)
{
    struct arena *a = *state;
    unsigned char *piece[200];
    size_t size[200];

    for (size_t i = 0; i < 200; i++) {
        size[i] = i % 10 == 0 ? 20000 + i : i * 3; /* some get a block of their own */
        piece[i] = arena_alloc(a, size[i]);
        memset(piece[i], (int)i, size[i]);
    }
    for (size_t i = 0; i < 200; i++) {
        for (size_t k = 0; k < size[i]; k++) {
            assert_int_equal(piece[i][k], i);
        }
    }
}

static void used_counts_and_resets(void **state)
{
    struct arena *a = *state;

    assert_int_equal(arena_used(a), 0);
    arena_alloc(a, 100);
    assert_true(arena_used(a) >= 100 && arena_used(a) <= 112);
    arena_alloc(a, 50000);
    assert_true(arena_used(a) >= 50100);
    arena_reset(a);
    assert_int_equal(arena_used(a), 0);
    arena_alloc(a, CAP); /* the whole cap is there again */
    arena_free(NULL);
}

/* True when the allocation went past the cap. */
static bool caught(struct arena *a, size_t count, size_t size)
{
    jmp_buf target;
    volatile bool jumped = true;

    arena_catch(a, &target);
    if (setjmp(target) == 0) {
        (void)arena_calloc(a, count, size);
        jumped = false;
    }
    arena_catch(a, NULL);
    return jumped;
}

static void the_cap_holds(void **state)
{
    struct arena *a = *state;

    assert_true(caught(a, 1, CAP + 1));
    assert_true(caught(a, 1, SIZE_MAX));
    assert_true(caught(a, 1, SIZE_MAX - 8));
    assert_true(caught(a, SIZE_MAX / 2, 3));
    assert_true(caught(a, SIZE_MAX / 8 + 1, 8)); /* product wraps to 0 */
    assert_false(caught(a, 1, CAP - 32));
    assert_false(caught(a, 1, 32));
    assert_true(caught(a, 1, 1));
    assert_true(arena_used(a) <= CAP);
    arena_reset(a);
    size_t pieces = 0;
    while (!caught(a, 1, 1000)) {
        pieces++;
    }
    assert_int_equal(pieces, CAP / 1008); /* rounded up to the alignment */
}

static void texts_past_the_cap(void **state)
{
    struct arena *a = *state;
    static const char big[CAP] = { 1 };
    struct str half = { big, CAP / 2 };
    jmp_buf target;
    volatile int jumps = 0;

    arena_catch(a, &target);
    if (setjmp(target) == 0) {
        arena_concat(a, (struct str[]){ half, half, STR_NULL });
    } else {
        jumps++;
    }
    if (setjmp(target) == 0) {
        arena_dup(a, (struct str){ big, CAP });
    } else {
        jumps++;
    }
    if (setjmp(target) == 0) {
        arena_printf(a, "%*s", (int)CAP, "");
    } else {
        jumps++;
    }
    arena_catch(a, NULL);
    assert_int_equal(jumps, 3);
}

static void copies_end_with_nul(void **state)
{
    struct arena *a = *state;
    char text[] = "abc";
    struct str copy = arena_dup(a, (struct str){ text, 2 });

    text[0] = 'x';
    assert_str(copy, STR("ab"));
    assert_int_equal(copy.p[2], 0);
    assert_string_equal(arena_cstr(a, STR("hello")), "hello");
    assert_string_equal(arena_cstr(a, STR_NULL), "");
    assert_false(str_is_null(arena_dup(a, STR_NULL)));
    struct str joined = arena_concat(a, (struct str[]){ STR("a"), STR(""), STR("bc"), STR_NULL });
    assert_str(joined, STR("abc"));
    assert_int_equal(joined.p[3], 0);
    assert_str(arena_concat(a, (struct str[]){ STR_NULL }), STR(""));
}

static void printing(void **state)
{
    struct arena *a = *state;
    struct str s = arena_printf(a, "%d %.*s %s", 42, STR_FMT(STR("view")), "z");

    assert_str(s, STR("42 view z"));
    assert_int_equal(s.p[s.n], 0);
    s = arena_printf(a, "%5000d", 7);
    assert_int_equal(s.n, 5000);
    assert_int_equal(s.p[4999], '7');
    assert_str(arena_printf(a, "%s", ""), STR(""));
}

/* Without a target the process logs the event and aborts. */
static void aborts_without_target(void **state)
{
    char text[512];
    int out[2], status;

    assert_int_equal(pipe(out), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(out[1], STDERR_FILENO);
        arena_alloc(*state, CAP + 1);
        _exit(0);
    }
    close(out[1]);
    ssize_t n = read(out[0], text, sizeof text - 1);
    close(out[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(n > 0);
    text[n] = '\0';
    assert_non_null(strstr(text, " ERROR mytracks arena_full cap=1048576 used=0 wanted=1048577"));
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void unused_bytes_are_poisoned(void **state)
{
#if defined(__SANITIZE_ADDRESS__)
    char *p = arena_alloc(*state, 10), *next = arena_alloc(*state, 16);

    assert_false(__asan_address_is_poisoned(p + 9));
    assert_true(__asan_address_is_poisoned(p + 10));
    assert_true(__asan_address_is_poisoned(next - 1));
    assert_true(__asan_address_is_poisoned(next + 16));
    arena_reset(*state);
    assert_true(__asan_address_is_poisoned(p));
#else
    (void)state;
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(zeroed_and_aligned, make, drop),
        cmocka_unit_test_setup_teardown(pieces_do_not_overlap, make, drop),
        cmocka_unit_test_setup_teardown(used_counts_and_resets, make, drop),
        cmocka_unit_test_setup_teardown(the_cap_holds, make, drop),
        cmocka_unit_test_setup_teardown(texts_past_the_cap, make, drop),
        cmocka_unit_test_setup_teardown(copies_end_with_nul, make, drop),
        cmocka_unit_test_setup_teardown(printing, make, drop),
        cmocka_unit_test_setup_teardown(aborts_without_target, make, drop),
        cmocka_unit_test_setup_teardown(unused_bytes_are_poisoned, make, drop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
