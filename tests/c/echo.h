/* A C library that says what it was given: the C side of the tests.
 *
 * Each function either reports what it saw (`echo_seen`), writes where the structs let it, or lies about what it wrote.
 * Counters and kept addresses are per thread, so that tests running side by side do not see each other.
 */
#ifndef ECHO_H
#define ECHO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What C saw of one buffer. */
struct echo_seen {
    uint64_t address;
    int64_t len;  /* as the struct said it */
    uint64_t sum; /* of the bytes there; 0 if the address is NULL */
};

/* {ptr, len} of each integer width. */
#define ECHO_RUN(name, type)                                                                                           \
    struct echo_run_##name {                                                                                           \
        void *data;                                                                                                    \
        type len;                                                                                                      \
    }
ECHO_RUN(u8, uint8_t);
ECHO_RUN(u16, uint16_t);
ECHO_RUN(u32, uint32_t);
ECHO_RUN(u64, uint64_t);
ECHO_RUN(usize, size_t);
ECHO_RUN(i8, int8_t);
ECHO_RUN(i16, int16_t);
ECHO_RUN(i32, int32_t);
ECHO_RUN(i64, int64_t);

/* The address in an integer, the length in front of it. */
struct echo_addr {
    uint32_t len;
    uint32_t flags;
    uint64_t addr;
};

/* The address in a union, the length in and out, as in ifconf. */
struct echo_union {
    int32_t len;
    union {
        char *buf;
        void *request;
        uint64_t addr;
    } at;
};

/* Two optional buffers and one count, as in spi_ioc_transfer. */
struct echo_pair {
    uint64_t tx;
    uint64_t rx;
    uint32_t len;
    uint32_t speed;
};

/* Parallel arrays of one count of elements. */
struct echo_parallel {
    uint64_t tags;
    uint8_t *kinds;
    uint16_t n;
};

/* Arrays of structs, two levels deep, and an inline struct. */
struct echo_node {
    void *data;
    uint32_t len;
    uint32_t used;
};
struct echo_list {
    struct echo_node *nodes;
    size_t n;
    uint32_t tag;
};
struct echo_tree {
    const struct echo_list *lists;
    uint16_t n;
};
struct echo_outer {
    uint32_t before;
    struct echo_list inner;
    uint32_t after;
};

/* Planes of a picture: arrays of addresses and of lengths side by side, and one of structs. */
struct echo_planes {
    uint32_t width;
    const uint8_t *data[3];
    int32_t stride[3];
    struct {
        uint8_t *start;
        uint16_t bytes;
    } side[2];
    uint32_t flags[2];
};

/* A length in and out, in elements and in bytes. */
struct echo_inout {
    void *data;
    uint32_t len;
    int32_t status;
};
struct echo_signed {
    uint8_t *data;
    int32_t len;
};

/* What is to be read and what is to be written, each with a position in it, as zstd has them. */
struct echo_source {
    const void *src;
    size_t size;
    size_t pos;
};
struct echo_sink {
    void *dst;
    size_t size;
    uint8_t pos;
};

/* Both in one struct, by addresses that move, as zlib has them. */
struct echo_flow {
    uint8_t *next_in;
    uint32_t avail_in;
    uint8_t *next_out;
    uint16_t avail_out;
};

/* Words whose room, and whose use or rest, are counted in bytes. */
struct echo_words {
    uint32_t *words;
    uint64_t bytes;
    int64_t at;
};
struct echo_bytes {
    uint32_t *words;
    uint32_t bytes;
};

/* No padding, so that fields are misaligned. */
struct __attribute__((packed)) echo_packed {
    uint8_t tag;
    void *data;
    uint16_t len;
    uint32_t value;
};

/* What C only reads beside what it writes. */
struct echo_const {
    const uint8_t *input;
    size_t input_len;
    uint8_t *output;
    size_t output_len;
};

/* Plain values: in, out, both; one in an inner struct. */
struct echo_values {
    int8_t small;
    uint16_t medium;
    int64_t large;
    struct {
        uint32_t bits;
    } inner;
};

/* A live state that C leads back to, as in z_stream. */
struct echo_stream {
    const uint8_t *next_in;
    uint32_t avail_in;
    uint8_t *next_out;
    uint32_t avail_out;
    uint64_t total;
    struct echo_state *state;
};

/* An operation that a thread of C's goes on with. */
struct echo_op {
    struct echo_node *nodes;
    size_t n;
    uint8_t *reply;
    uint32_t reply_len;
    int32_t status;
    uint64_t token;
};
struct echo_ring;

#endif
