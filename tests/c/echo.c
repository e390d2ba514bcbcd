/* See echo.h. */
#include "echo.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static __thread uint64_t calls;

/* How many functions of this library this thread has called. */
uint64_t echo_calls(void) { return calls; }

static void look(const void *data, int64_t len, uint64_t bytes, struct echo_seen *seen) {
    calls++;
    seen->address = (uint64_t)(uintptr_t)data;
    seen->len = len;
    seen->sum = 0;
    for (uint64_t i = 0; data != NULL && i < bytes; i++) {
        seen->sum += ((const uint8_t *)data)[i];
    }
}

/* ---- structs, looked at ---- */

#define ECHO_LOOK(name)                                                                                                \
    void echo_run_##name##_look(const struct echo_run_##name *run, struct echo_seen *seen) {                           \
        look(run->data, (int64_t)run->len, run->len > 0 && run->len < 0x100000 ? (uint64_t)run->len : 0, seen);        \
    }
ECHO_LOOK(u8)
ECHO_LOOK(u16)
ECHO_LOOK(u32)
ECHO_LOOK(u64)
ECHO_LOOK(usize)
ECHO_LOOK(i8)
ECHO_LOOK(i16)
ECHO_LOOK(i32)
ECHO_LOOK(i64)

void echo_addr_look(const struct echo_addr *a, struct echo_seen *seen) {
    look((const void *)(uintptr_t)a->addr, a->len, a->len, seen);
}

void echo_const_look(const struct echo_const *c, struct echo_seen *input, struct echo_seen *output) {
    look(c->input, (int64_t)c->input_len, c->input_len, input);
    look(c->output, (int64_t)c->output_len, c->output_len, output);
}

void echo_pair_look(const struct echo_pair *p, struct echo_seen *tx, struct echo_seen *rx) {
    look((const void *)(uintptr_t)p->tx, p->len, p->tx ? p->len : 0, tx);
    look((const void *)(uintptr_t)p->rx, p->len, p->rx ? p->len : 0, rx);
}

void echo_parallel_look(const struct echo_parallel *p, struct echo_seen *tags, struct echo_seen *kinds) {
    look((const void *)(uintptr_t)p->tags, p->n, p->n * sizeof(uint64_t), tags);
    look(p->kinds, p->n, p->n, kinds);
}

void echo_packed_look(const struct echo_packed *p, struct echo_seen *seen, uint32_t *value) {
    look(p->data, p->len, p->len, seen);
    *value = p->value + p->tag;
}

/* The node at [i][j]. */
int echo_tree_look(const struct echo_tree *t, uint32_t i, uint32_t j, struct echo_seen *seen) {
    calls++;
    if (i >= t->n || j >= t->lists[i].n) {
        errno = ENOENT;
        return -1;
    }
    const struct echo_node *node = &t->lists[i].nodes[j];
    look(node->data, node->len, node->len, seen);
    return 0;
}

void echo_outer_look(const struct echo_outer *o, struct echo_seen *first, uint64_t *around) {
    if (o->inner.n > 0) {
        look(o->inner.nodes[0].data, o->inner.nodes[0].len, o->inner.nodes[0].len, first);
    } else {
        look(o->inner.nodes, 0, 0, first);
    }
    *around = o->before + 1000 * o->inner.tag + 1000000 * o->after;
}

/* ---- structs, written through ---- */

/* Writes all of the output, shifted copies of the input's first byte, and nothing to the input. */
void echo_const_fill(struct echo_const *c) {
    calls++;
    for (size_t i = 0; i < c->output_len; i++) {
        c->output[i] = (uint8_t)(c->input[0] + i);
    }
}

/* Copies tx to rx where both are there. */
int32_t echo_pair_transfer(struct echo_pair *p) {
    calls++;
    if (p->tx && p->rx) {
        memcpy((void *)(uintptr_t)p->rx, (const void *)(uintptr_t)p->tx, p->len);
    }
    return (int32_t)p->len;
}

void echo_packed_fill(struct echo_packed *p, uint8_t byte) {
    calls++;
    memset(p->data, byte, p->len);
    p->value = byte;
}

/* Writes all that it was lent, then says that it were `report`. */
int echo_inout_fill(struct echo_inout *s, uint8_t byte, uint32_t report) {
    calls++;
    if (s->data) {
        memset(s->data, byte, s->len);
    }
    s->len = report;
    s->status = -7;
    return 0;
}

/* Copies up to `most` bytes from one position to the other, then says that it were `more` of them on both sides. Returns
 * what it has copied. */
size_t echo_source_copy(struct echo_sink *out, struct echo_source *in, size_t most, int more) {
    calls++;
    size_t n = in->size - in->pos < most ? in->size - in->pos : most;
    n = out->size - out->pos < n ? out->size - out->pos : n;
    memcpy((char *)out->dst + out->pos, (const char *)in->src + in->pos, n);
    in->pos += n + (size_t)more;
    out->pos = (uint8_t)(out->pos + n + (size_t)more);
    return n;
}

/* The same in one struct, whose addresses move. */
size_t echo_flow_copy(struct echo_flow *f, size_t most, int more) {
    calls++;
    size_t n = f->avail_in < most ? f->avail_in : most;
    n = f->avail_out < n ? f->avail_out : n;
    if (n) {
        memcpy(f->next_out, f->next_in, n);
    }
    f->next_in += n;
    f->next_out += n;
    f->avail_in -= (uint32_t)n + (uint32_t)more;
    f->avail_out = (uint16_t)(f->avail_out - n - (size_t)more);
    return n;
}

/* Writes `n` bytes behind `at`, and moves that. */
void echo_words_use(struct echo_words *w, uint8_t byte, int64_t n) {
    calls++;
    memset((uint8_t *)w->words + w->at, byte, n > 0 ? (size_t)n : 0);
    w->at += n;
}

/* Writes `n` bytes, moves the address and lowers the room. */
void echo_words_move(struct echo_words *w, uint8_t byte, int64_t n) {
    calls++;
    memset(w->words, byte, (size_t)n);
    w->words = (uint32_t *)((uint8_t *)w->words + n);
    w->bytes -= (uint64_t)n;
}

/* Says what length it was given; uses none of it. */
uint32_t echo_inout_given(struct echo_inout *s) {
    calls++;
    uint32_t given = s->len;
    s->len = 0;
    return given;
}

/* Writes what fits, then says that it were `report`. */
void echo_signed_fill(struct echo_signed *s, int32_t report) {
    calls++;
    memset(s->data, 's', s->len > 0 ? (size_t)s->len : 0);
    s->len = report;
}

void echo_union_fill(struct echo_union *u, int32_t report) {
    calls++;
    if (u->at.buf) {
        memset(u->at.buf, 'u', u->len > 0 ? (size_t)u->len : 0);
    }
    u->len = report;
}

/* Writes whole words and says how many bytes they were, or `report` if that is not negative. */
void echo_bytes_fill(struct echo_bytes *b, uint32_t word, int64_t report) {
    calls++;
    uint32_t n = b->bytes / sizeof(uint32_t);
    for (uint32_t i = 0; i < n; i++) {
        b->words[i] = word + i;
    }
    b->bytes = report >= 0 ? (uint32_t)report : n * (uint32_t)sizeof(uint32_t);
}

/* Fills the nodes in reverse, sets `used` of each to `used`, and says how many bytes it wrote. */
uint64_t echo_list_fill(struct echo_list *l, uint8_t byte, uint32_t used) {
    calls++;
    uint64_t total = 0;
    for (size_t i = 0; i < l->n; i++) {
        memset(l->nodes[i].data, byte + (int)i, l->nodes[i].len);
        total += l->nodes[i].len;
        l->nodes[i].used = used;
    }
    return total;
}

uint64_t echo_tree_fill(struct echo_tree *t, uint8_t byte) {
    calls++;
    uint64_t total = 0;
    for (uint16_t i = 0; i < t->n; i++) {
        const struct echo_list *l = &t->lists[i];
        for (size_t j = 0; j < l->n; j++) {
            memset(l->nodes[j].data, byte + 16 * i + (int)j, l->nodes[j].len);
            l->nodes[j].used = l->nodes[j].len;
            total += l->nodes[j].len;
        }
    }
    return total;
}

void echo_outer_fill(struct echo_outer *o, uint8_t byte) {
    calls++;
    for (size_t i = 0; i < o->inner.n; i++) {
        memset(o->inner.nodes[i].data, byte, o->inner.nodes[i].len);
    }
    o->inner.tag += 1;
    o->after = o->before + 1;
}

/* Fills the nodes of the first `done` of `n` lists, tags them, and says how many those were, or `report`. */
int32_t echo_lists_fill(struct echo_list *lists, uint32_t n, uint32_t done, int32_t report) {
    calls++;
    for (uint32_t i = 0; i < n && i < done; i++) {
        for (size_t j = 0; j < lists[i].n; j++) {
            memset(lists[i].nodes[j].data, 'l', lists[i].nodes[j].len);
            lists[i].nodes[j].used = lists[i].nodes[j].len;
        }
        lists[i].tag = 77;
    }
    return report;
}

/* The same, and says in `done` how many. */
int echo_lists_done(struct echo_list *lists, uint32_t n, uint32_t *done, uint32_t report) {
    echo_lists_fill(lists, n, report, 0);
    *done = report;
    return 0;
}

void echo_planes_look(const struct echo_planes *p, uint32_t i, struct echo_seen *plane, struct echo_seen *side) {
    look(p->data[i], p->stride[i], (uint64_t)p->stride[i], plane);
    look(p->side[i & 1].start, p->side[i & 1].bytes, p->side[i & 1].bytes, side);
}
/* Writes the side data, and the flags crosswise. */
void echo_planes_fill(struct echo_planes *p, uint8_t byte) {
    for (int i = 0; i < 2; i++)
        memset(p->side[i].start, byte + i, p->side[i].bytes);
    uint32_t first = p->flags[0];
    p->flags[0] = p->flags[1];
    p->flags[1] = first;
}

/* Tags each list with its place. */
void echo_few_lists(struct echo_list *lists, uint8_t n) {
    calls++;
    for (uint8_t i = 0; i < n; i++) {
        lists[i].tag = i;
    }
}

/* Twice the values. */
void echo_values_double(struct echo_values *v) {
    calls++;
    v->small = (int8_t)(v->small * 2);
    v->medium = (uint16_t)(v->medium * 2);
    v->large *= 2;
    v->inner.bits *= 2;
}

/* ---- a live state ---- */

struct echo_state {
    struct echo_stream *stream;
};

int echo_stream_init(struct echo_stream *s) {
    calls++;
    s->state = malloc(sizeof *s->state);
    s->state->stream = s;
    s->total = 0;
    return 0;
}

/* Copies what fits; -2 if the stream was moved. */
int echo_stream_run(struct echo_stream *s) {
    calls++;
    if (s->state == NULL || s->state->stream != s) {
        return -2;
    }
    uint32_t n = s->avail_in < s->avail_out ? s->avail_in : s->avail_out;
    if (n > 0) {
        memcpy(s->next_out, s->next_in, n);
    }
    s->total += n;
    return (int)n;
}

void echo_stream_end(struct echo_stream *s) {
    calls++;
    free(s->state);
    s->state = NULL;
}

/* Later, without having been lent anything: how many of the stream's pointers are still there. */
int echo_stream_pointers(const struct echo_stream *s) {
    calls++;
    return (s->next_in != NULL) + (s->next_out != NULL) + (s->avail_in != 0) + (s->avail_out != 0);
}

static __thread const struct echo_stream *kept;

/* Keeps the address of the struct. */
int echo_stream_keep(const struct echo_stream *s) {
    calls++;
    kept = s;
    return echo_stream_pointers(s);
}

/* What is left in the struct that was kept. */
int echo_kept_pointers(void) {
    calls++;
    return kept ? echo_stream_pointers(kept) : -1;
}

/* ---- parameters ---- */

void echo_in(const void *p, size_t n, struct echo_seen *seen) { look(p, (int64_t)n, n, seen); }
void echo_in_u8(const void *p, uint8_t n, struct echo_seen *seen) { look(p, n, n, seen); }
void echo_in_u16(const void *p, uint16_t n, struct echo_seen *seen) { look(p, n, n, seen); }
void echo_in_i32(const void *p, int32_t n, struct echo_seen *seen) { look(p, n, 0, seen); }
void echo_in_u32(const void *p, uint32_t n, struct echo_seen *seen) { look(p, n, 0, seen); }
void echo_words(const uint32_t *p, size_t bytes, struct echo_seen *seen) { look(p, (int64_t)bytes, bytes, seen); }
void echo_elements(const uint16_t *p, uint32_t n, struct echo_seen *seen) { look(p, n, 2 * (uint64_t)n, seen); }
void echo_image(const uint8_t *p, uint32_t w, uint32_t h, struct echo_seen *seen) {
    look(p, (int64_t)w * h, (uint64_t)w * h, seen);
}
/* Its first argument. */
const uint8_t *echo_first_of(const uint8_t *of, const uint8_t *other) {
    (void)other;
    return of;
}
void echo_sixteen(const uint8_t *p, struct echo_seen *seen) { look(p, 16, 16, seen); }
void echo_in_through(const uint8_t *p, const uint32_t *n, struct echo_seen *seen) { look(p, *n, *n, seen); }
void echo_string(const char *s, struct echo_seen *seen) {
    look(s, s ? (int64_t)strlen(s) : -1, s ? strlen(s) + 1 : 0, seen);
}

/* Two buffers and one count: the second gets the first's bytes, one up. */
void echo_both(const uint8_t *a, uint8_t *b, uint16_t n) {
    calls++;
    for (uint16_t i = 0; i < n; i++) {
        b[i] = (uint8_t)(a[i] + 1);
    }
}

/* One up each. */
int32_t echo_up(uint8_t *p, size_t n) {
    calls++;
    for (size_t i = 0; i < n; i++) {
        p[i]++;
    }
    return (int32_t)n;
}

int32_t echo_value_up(int32_t *v) {
    calls++;
    if (v == NULL) {
        return -1;
    }
    return ++*v;
}

int64_t echo_value_read(const int64_t *v) {
    calls++;
    return v ? *v : -1;
}

int echo_fd(int fd) {
    calls++;
    return fd;
}

/* Writes all of it and says that it were `report`; if that is -1, errno is `e`. */
ssize_t echo_read(void *p, size_t n, ssize_t report, int e) {
    calls++;
    if (n > 0) {
        memset(p, 'r', n);
    }
    errno = e;
    return report;
}

/* The same with the length behind a pointer. */
int echo_read_through(void *p, uint32_t *n, uint32_t report) {
    calls++;
    memset(p, 't', *n);
    *n = report;
    return 0;
}
int echo_read_signed(void *p, int32_t *n, int32_t report) {
    calls++;
    memset(p, 'i', *n > 0 ? (size_t)*n : 0);
    *n = report;
    return 0;
}

/* Counts elements, or bytes of elements. */
int32_t echo_read_words(uint32_t *p, uint32_t n, int32_t report) {
    calls++;
    for (uint32_t i = 0; i < n; i++) {
        p[i] = 100 + i;
    }
    return report;
}
ssize_t echo_read_bytes(uint32_t *p, size_t bytes, ssize_t report) {
    calls++;
    for (size_t i = 0; i < bytes / 4; i++) {
        p[i] = 200 + (uint32_t)i;
    }
    return report;
}
int echo_transfer(uint8_t *p, int n, int *done, int report) {
    if (report < 0)
        return report;
    for (int i = 0; i < report && i < n; i++)
        p[i] = 't';
    *done = report;
    return 0;
}
void echo_fill_all(uint8_t *p, size_t n) {
    calls++;
    memset(p, 'a', n);
}

/* Two buffers; says that it filled half of each, or lies about the second. */
int echo_halves(uint8_t *a, uint32_t *na, uint8_t *b, uint32_t *nb, uint32_t lie) {
    calls++;
    memset(a, 'A', *na);
    memset(b, 'B', *nb);
    *na /= 2;
    *nb = lie ? lie : *nb / 2;
    return 0;
}

/* ---- errors ---- */

int echo_nonzero(int e) {
    calls++;
    errno = e;
    return e ? 42 : 0;
}
int echo_minus_one(int e) {
    calls++;
    errno = e;
    return e ? -1 : 5;
}
uint32_t echo_minus_one_unsigned(int e) {
    calls++;
    errno = e;
    return e ? (uint32_t)-1 : 5;
}
int echo_negative_errno(int e) {
    calls++;
    errno = 0;
    return e ? -e : 6;
}
ssize_t echo_negative_errno_count(int e) {
    calls++;
    errno = 0;
    return e ? -e : 6;
}
int echo_returned_errno(int e) {
    calls++;
    errno = 0;
    return e;
}
const char *echo_null(int e) {
    static const char text[] = "not null";
    calls++;
    errno = e;
    return e ? NULL : text;
}
int echo_none(int e) {
    calls++;
    errno = e;
    return -1;
}
void echo_set_errno(int e) { errno = e; }
int echo_get_errno(void) { return errno; }

/* ---- callbacks ---- */

typedef int (*echo_on_data)(const uint8_t *, size_t, void *);
typedef int (*echo_on_signed)(const uint16_t *, int32_t, void *);
typedef int (*echo_on_room)(uint8_t *, const uint32_t *, void *);
typedef int (*echo_on_change)(uint32_t *, uint32_t, uint32_t, void *);
typedef int64_t (*echo_on_values)(const int32_t *, int32_t *, const char *, void *);

int echo_call_data(echo_on_data f, const uint8_t *p, size_t n, void *user) {
    calls++;
    return f(p, n, user);
}
int echo_call_signed(echo_on_signed f, const uint16_t *p, int32_t n, void *user) {
    calls++;
    return f(p, n, user);
}
int echo_call_room(echo_on_room f, uint8_t *p, const uint32_t *n, void *user) {
    calls++;
    return f(p, n, user);
}
int echo_call_change(echo_on_change f, uint32_t *p, uint32_t w, uint32_t h, void *user) {
    calls++;
    return f(p, w, h, user);
}
int64_t echo_call_values(echo_on_values f, const int32_t *in, int32_t *inout, const char *s, void *user) {
    calls++;
    return f(in, inout, s, user);
}

/* ---- a thread of its own ---- */

/* Fills the operation's nodes and reply; says that of the reply it were `report`. */
void echo_op_run(struct echo_op *op, uint8_t byte, uint32_t report) {
    calls++;
    for (size_t i = 0; i < op->n; i++) {
        memset(op->nodes[i].data, byte + (int)i, op->nodes[i].len);
        op->nodes[i].used = op->nodes[i].len;
    }
    if (op->reply) {
        memset(op->reply, '!', op->reply_len);
    }
    op->reply_len = report;
    op->status = 1 + (int32_t)op->n;
}

struct echo_job {
    struct echo_op *op;
    uint8_t byte;
    uint32_t report;
    struct echo_job *next;
};
struct echo_ring {
    pthread_mutex_t lock;
    pthread_cond_t turn;
    pthread_t thread;
    struct echo_job *queued, *done;
    int go, stop;
};


static void *ring_main(void *arg) {
    struct echo_ring *r = arg;
    pthread_mutex_lock(&r->lock);
    for (;;) {
        while (!r->stop && !(r->go && r->queued)) {
            pthread_cond_wait(&r->turn, &r->lock);
        }
        if (r->stop) {
            break;
        }
        struct echo_job **first = &r->queued;
        while ((*first)->next) {
            first = &(*first)->next;
        }
        struct echo_job *job = *first;
        *first = NULL;
        echo_op_run(job->op, job->byte, job->report);
        job->next = r->done;
        r->done = job;
        pthread_cond_broadcast(&r->turn);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* A thread and a queue; it does nothing before echo_ring_go. */
struct echo_ring *echo_ring_new(void) {
    struct echo_ring *r = calloc(1, sizeof *r);
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->turn, NULL);
    pthread_create(&r->thread, NULL, ring_main, r);
    return r;
}

/* Queues an operation: its nodes will be filled, `report` bytes of its reply be said to be. */
void echo_ring_submit(struct echo_ring *r, struct echo_op *op, uint8_t byte, uint32_t report) {
    struct echo_job *job = calloc(1, sizeof *job);
    job->op = op;
    job->byte = byte;
    job->report = report;
    pthread_mutex_lock(&r->lock);
    job->next = r->queued;
    r->queued = job;
    pthread_cond_broadcast(&r->turn);
    pthread_mutex_unlock(&r->lock);
}

void echo_ring_go(struct echo_ring *r) {
    pthread_mutex_lock(&r->lock);
    r->go = 1;
    pthread_cond_broadcast(&r->turn);
    pthread_mutex_unlock(&r->lock);
}

/* Waits for an operation to be done, and gives its address. */
struct echo_op *echo_ring_wait(struct echo_ring *r) {
    pthread_mutex_lock(&r->lock);
    while (r->done == NULL) {
        pthread_cond_wait(&r->turn, &r->lock);
    }
    struct echo_job *job = r->done;
    r->done = job->next;
    pthread_mutex_unlock(&r->lock);
    struct echo_op *op = job->op;
    free(job);
    return op;
}

/* Takes an operation back that was not begun: 0, or -1 if it was. */
int echo_ring_cancel(struct echo_ring *r, struct echo_op *op) {
    int found = -1;
    pthread_mutex_lock(&r->lock);
    for (struct echo_job **at = &r->queued; *at; at = &(*at)->next) {
        if ((*at)->op == op) {
            struct echo_job *job = *at;
            *at = job->next;
            free(job);
            found = 0;
            break;
        }
    }
    pthread_mutex_unlock(&r->lock);
    return found;
}

void echo_ring_free(struct echo_ring *r) {
    pthread_mutex_lock(&r->lock);
    r->stop = 1;
    pthread_cond_broadcast(&r->turn);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    for (struct echo_job *lists[] = {r->queued, r->done}, **l = lists; l < lists + 2; l++) {
        while (*l) {
            struct echo_job *next = (*l)->next;
            free(*l);
            *l = next;
        }
    }
    free(r);
}

/* ---- Control messages ---- */

/* Writes a header and one int of data to a buffer, whatever the length says. Returns where the next one would begin. */
size_t echo_control_message(unsigned char *buffer, size_t at, size_t len, int level, int type, int data)
{
    struct cmsghdr header;
    memset(&header, 0, sizeof header);
    header.cmsg_len = len;
    header.cmsg_level = level;
    header.cmsg_type = type;
    memcpy(buffer + at, &header, sizeof header);
    memcpy(buffer + at + CMSG_LEN(0), &data, sizeof data);
    return at + CMSG_SPACE(sizeof data);
}

/* The sum of what the messages of a kind have as ints, read by the macros of cmsg(3); -1 for another number of messages. */
long echo_control_sum(struct msghdr *message, int level, int type, int messages)
{
    long sum = 0;
    int seen = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        seen++;
        if (c->cmsg_level != level || c->cmsg_type != type)
            continue;
        for (size_t i = 0; CMSG_LEN((i + 1) * sizeof(int)) <= c->cmsg_len; i++) {
            int data;
            memcpy(&data, CMSG_DATA(c) + i * sizeof data, sizeof data);
            sum += data;
        }
    }
    return seen == messages ? sum : -1;
}
