//! `pos` and `advance`: C that says how far it has come in a buffer, and goes on from there in the next call.

use pin_ffi::{FfiPinned, FfiPinnedMut, InFlight, OutBuf, OutVec, Spare};
use pin_ffi_tests::echo::{
    Flow, Sink, Source, Words, echo_flow_copy, echo_source_copy, echo_words_move, echo_words_use,
};
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;

// ---- `pos`: a number beside the length ----

#[derive(FfiPinned)]
#[ffi(c = Source)]
struct Input<B> {
    #[ffi(ptr = src, len_bytes = size, pos = pos)]
    bytes: B,
}

#[derive(FfiPinned)]
#[ffi(c = Sink)]
struct Output<B> {
    #[ffi(ptr = dst, len_bytes = size, pos = pos)]
    bytes: B,
}

/// What C is told of a value: length and position.
fn told_source<B>(input: &Input<B>) -> (usize, usize)
where
    Input<B>: FfiPinned<C = Source>,
{
    // SAFETY: the struct is filled while the closure runs.
    input.with_pinned(|c| unsafe { (c.as_ref().size, c.as_ref().pos) }).unwrap()
}

#[test]
fn pos_shortens_what_c_has_read_and_extends_what_it_has_written() {
    let mut memory = [MaybeUninit::uninit(); 8];
    let mut input = Input { bytes: &b"positions"[..] };
    let mut output = Output { bytes: OutBuf::uninit(&mut memory) };

    assert_eq!(echo_source_copy(&mut output, &mut input, 3, 0).unwrap(), 3);
    assert_eq!((output.bytes.filled(), input.bytes), (&b"pos"[..], &b"itions"[..]));
    assert_eq!(told_source(&input), (6, 0));

    assert_eq!(echo_source_copy(&mut output, &mut input, 100, 0).unwrap(), 5);
    assert_eq!((output.bytes.filled(), input.bytes), (&b"position"[..], &b"s"[..]));

    // Full: C is told so, and does nothing.
    assert_eq!(echo_source_copy(&mut output, &mut input, 100, 0).unwrap(), 0);
    assert_eq!((output.bytes.filled(), input.bytes), (&b"position"[..], &b"s"[..]));

    output.bytes.clear();
    assert_eq!(echo_source_copy(&mut output, &mut input, 100, 0).unwrap(), 1);
    assert_eq!((output.bytes.filled(), input.bytes), (&b"s"[..], &b""[..]));
}

#[test]
fn pos_goes_on_behind_what_a_buffer_already_has() {
    let mut input = Input { bytes: &b"new"[..] };
    let mut vec = Vec::with_capacity(16);
    vec.extend_from_slice(b"old ");

    let mut output = Output { bytes: OutVec::from(vec) };
    echo_source_copy(&mut output, &mut input, 100, 0).unwrap();
    let mut vec = output.bytes.into_vec();
    assert_eq!(vec, b"old new");

    let mut input = Input { bytes: &b", newer"[..] };
    let mut output = Output { bytes: Spare::new(&mut vec) };
    echo_source_copy(&mut output, &mut input, 2, 0).unwrap();
    assert_eq!(output.bytes.filled(), b", ");
    echo_source_copy(&mut output, &mut input, 100, 0).unwrap();
    assert_eq!(output.bytes.filled(), b", newer");
    assert_eq!(vec, b"old new, newer");
}

#[test]
fn slices_of_each_kind_get_shorter_from_the_front() {
    fn read<B>(bytes: B) -> B
    where
        for<'a> Input<B>: FfiPinnedMut<C = Source>,
    {
        let mut memory = [0; 8];
        let (mut input, mut output) = (Input { bytes }, Output { bytes: OutBuf::new(&mut memory) });
        echo_source_copy(&mut output, &mut input, 2, 0).unwrap();
        assert!(b"abcd".starts_with(output.bytes.filled()));
        input.bytes
    }

    let mut memory = *b"abcd";
    assert_eq!(read(&memory[..]), b"cd");
    assert_eq!(read(Some(&memory[..])), Some(&b"cd"[..]));
    assert_eq!(read(None::<&[u8]>), None);
    assert_eq!(*read(IoSlice::new(&memory)), *b"cd");
    assert_eq!(read(&mut memory[..]), b"cd");
    assert_eq!(*read(IoSliceMut::new(&mut memory)), *b"cd");
}

#[test]
fn a_position_that_cannot_be_is_an_error_and_nothing_is_taken_over() {
    let mut memory = [MaybeUninit::uninit(); 8];
    let mut input = Input { bytes: &b"abcdefgh"[..] };
    let mut output = Output { bytes: OutBuf::uninit(&mut memory) };
    echo_source_copy(&mut output, &mut input, 2, 0).unwrap();

    let said = |error: io::Error| (error.kind(), error.to_string());
    // Both sides by 3 too much: the output's is seen first.
    assert_eq!(
        said(echo_source_copy(&mut output, &mut input, 4, 3).unwrap_err()),
        (io::ErrorKind::InvalidData, "`Output.bytes`: C reported 9 in `pos`, and the buffer holds 8".to_owned())
    );
    assert_eq!((output.bytes.filled(), input.bytes), (&b"ab"[..], &b"cdefgh"[..]));

    let mut memory = [0; 64];
    let mut large = Output { bytes: OutBuf::new(&mut memory) };
    assert_eq!(
        said(echo_source_copy(&mut large, &mut input, 4, 3).unwrap_err()),
        (io::ErrorKind::InvalidData, "`Input.bytes`: C reported 7 in `pos`, and the buffer holds 6".to_owned())
    );
    assert_eq!(input.bytes, b"cdefgh");
    assert_eq!(large.bytes.filled(), b"", "nothing of one parameter is taken beside the error of another");
    // Backwards, beyond the start.
    let error = echo_source_copy(&mut large, &mut input, 0, -1).unwrap_err();
    assert_eq!(error.to_string(), "`Output.bytes`: C reported 255 in `pos`, and the buffer holds 64");
}

#[test]
fn a_position_before_the_last_one_shows_less() {
    let mut memory = [0; 8];
    let mut input = Input { bytes: &b"abcdefgh"[..] };
    let mut output = Output { bytes: OutBuf::new(&mut memory) };
    output.bytes.extend_from_slice(b"1234").unwrap();
    // C has copied two bytes, and says that it has not.
    echo_source_copy(&mut output, &mut input, 2, -2).unwrap();
    assert_eq!((output.bytes.filled(), input.bytes), (&b"1234"[..], &b"abcdefgh"[..]));
    input
        .with_pinned_mut(|mut source| {
            output.with_pinned_mut(|mut sink| {
                // SAFETY: plays C, which goes back to the start of both.
                unsafe {
                    (*source.as_mut_ptr()).pos = 0;
                    (*sink.as_mut_ptr()).pos = 1;
                }
            })
        })
        .unwrap()
        .unwrap();
    assert_eq!((output.bytes.filled(), input.bytes), (&b"1"[..], &b"abcdefgh"[..]));
}

#[test]
fn a_position_that_its_field_cannot_hold_is_refused_before_the_call() {
    let mut memory = [0; 300];
    let mut input = Input { bytes: &b"abc"[..] };
    let mut output = Output { bytes: OutBuf::new(&mut memory) };
    output.bytes.extend_from_slice(&[b'-'; 256]).unwrap();
    let error = echo_source_copy(&mut output, &mut input, 1, 0).unwrap_err();
    assert_eq!(error.to_string(), "`Output.bytes`: 256 does not fit `pos`, which holds at most 255");
    assert_eq!((output.bytes.filled().len(), input.bytes), (256, &b"abc"[..]));
}

#[test]
fn a_live_struct_gets_its_position_at_each_fill_and_zero_at_the_end() {
    let mut live = Source { src: std::ptr::null(), size: 77, pos: 77 };
    let mut input = Input { bytes: &b"abcd"[..] };
    let told = input
        .with_pinned_mut_in(&mut live, |mut c| {
            // SAFETY: plays C, which has read 3 bytes.
            unsafe {
                let c = c.as_mut_ptr();
                let told = ((*c).size, (*c).pos);
                (*c).pos = 3;
                told
            }
        })
        .unwrap();
    assert_eq!((told, input.bytes), ((4, 0), &b"d"[..]));
    assert_eq!((live.src, live.size, live.pos), (std::ptr::null(), 0, 0));
}

#[test]
fn lent_for_reading_the_position_is_the_end_of_what_is_filled() {
    let mut memory = [0; 8];
    let mut output = Output { bytes: OutBuf::new(&mut memory) };
    output.bytes.extend_from_slice(b"used").unwrap();
    // SAFETY: the struct is filled while the closure runs.
    let told = output.with_pinned(|c| unsafe { (c.as_ref().size, c.as_ref().pos) }).unwrap();
    assert_eq!(told, (4, 4));
}

#[test]
fn an_operation_in_flight_takes_its_position_when_it_completes() {
    let mut operation = InFlight::new(Output { bytes: OutVec::from(Vec::<u8>::with_capacity(4)) }).unwrap();
    let c = operation.start();
    // SAFETY: plays C, which writes two bytes, says so, and has finished.
    let output = unsafe {
        (*c).dst.cast::<[u8; 2]>().write(*b"ok");
        (*c).pos = 2;
        operation.complete(true).unwrap()
    };
    assert_eq!(output.bytes.filled(), b"ok");
}

// ---- `advance`: an address that moves ----

#[derive(FfiPinned)]
#[ffi(c = Flow)]
struct Both<'a, O> {
    #[ffi(ptr = next_in, len = avail_in, advance, read_only)]
    input: &'a [u8],
    #[ffi(ptr = next_out, len = avail_out, advance)]
    output: O,
}

#[test]
fn advance_goes_on_where_c_stopped() {
    let mut memory = [MaybeUninit::uninit(); 6];
    let mut both = Both { input: b"advance", output: OutBuf::uninit(&mut memory) };
    assert_eq!(echo_flow_copy(&mut both, 2, 0).unwrap(), 2);
    assert_eq!((both.input, both.output.filled()), (&b"vance"[..], &b"ad"[..]));
    assert_eq!(echo_flow_copy(&mut both, 2, 0).unwrap(), 2);
    assert_eq!((both.input, both.output.filled()), (&b"nce"[..], &b"adva"[..]));
    assert_eq!(echo_flow_copy(&mut both, 100, 0).unwrap(), 2);
    assert_eq!((both.input, both.output.filled()), (&b"e"[..], &b"advanc"[..]));
    assert_eq!(echo_flow_copy(&mut both, 100, 0).unwrap(), 0);
    both.output.clear();
    assert_eq!(echo_flow_copy(&mut both, 100, 0).unwrap(), 1);
    assert_eq!((both.input, both.output.filled()), (&b""[..], &b"e"[..]));
}

#[test]
fn only_what_is_left_counts_for_the_length() {
    // 65 600 in all, of which a u16 counts the rest.
    let mut memory = vec![0; 65_600];
    let mut output = OutBuf::new(&mut memory);
    output.extend_from_slice(&[b'-'; 64]).unwrap();
    let mut both = Both { input: b"x", output };
    let error = echo_flow_copy(&mut both, 1, 0).unwrap_err();
    assert_eq!(error.to_string(), "`Both.output`: 65536 does not fit `avail_out`, which holds at most 65535");
    both.output.extend_from_slice(b"-").unwrap();
    assert_eq!(echo_flow_copy(&mut both, 1, 0).unwrap(), 1);
    assert_eq!((both.output.filled().len(), both.output.filled()[65]), (66, b'x'));
}

#[test]
fn more_left_than_there_was_is_an_error_and_nothing_is_taken_over() {
    let mut memory = [MaybeUninit::uninit(); 8];
    let mut both = Both { input: b"abcd", output: OutBuf::uninit(&mut memory) };
    echo_flow_copy(&mut both, 1, 0).unwrap();
    let error = echo_flow_copy(&mut both, 1, -2).unwrap_err();
    assert_eq!(error.to_string(), "`Both.input`: C reported 4 in `avail_in`, and the buffer holds 3");
    assert_eq!((both.input, both.output.filled()), (&b"bcd"[..], &b"a"[..]));
    // Less than nothing.
    let error = echo_flow_copy(&mut both, 3, 1).unwrap_err();
    assert_eq!(error.to_string(), "`Both.input`: C reported 4294967295 in `avail_in`, and the buffer holds 3");
    assert_eq!((both.input, both.output.filled()), (&b"bcd"[..], &b"a"[..]));
}

#[test]
fn advance_without_a_buffer_moves_nothing() {
    let mut both = Both { input: b"abcd", output: None::<OutBuf<'_, u8>> };
    assert_eq!(echo_flow_copy(&mut both, 100, 0).unwrap(), 0);
    assert_eq!(both.input, b"abcd");
    assert!(both.output.is_none());
}

#[test]
fn advance_with_null_if_empty_is_null_when_nothing_is_left() {
    #[derive(FfiPinned)]
    #[ffi(c = Flow)]
    struct Null<'a> {
        #[ffi(ptr = next_in, len = avail_in, advance, read_only, null_if_empty)]
        input: &'a [u8],
        #[ffi(ptr = next_out, len = avail_out, advance, null_if_empty)]
        output: OutBuf<'a, u8>,
    }

    let mut memory = [0; 2];
    let mut value = Null { input: b"ab", output: OutBuf::new(&mut memory) };
    assert_eq!(echo_flow_copy(&mut value, 100, 0).unwrap(), 2);
    let nulls = value
        // SAFETY: nothing is written, and both lengths are left alone.
        .with_pinned_mut(|mut c| unsafe { ((*c.as_mut_ptr()).next_in.is_null(), (*c.as_mut_ptr()).next_out.is_null()) })
        .unwrap();
    assert_eq!(nulls, (true, true));
    assert_eq!((value.input, value.output.filled()), (&b""[..], &b"ab"[..]));
}

// ---- elements and bytes ----

#[test]
fn bytes_show_whole_elements_only() {
    #[derive(FfiPinned)]
    #[ffi(c = Words)]
    struct Used<'a> {
        #[ffi(ptr = words, len_bytes = bytes, pos = at)]
        words: OutBuf<'a, u32>,
    }
    #[derive(FfiPinned)]
    #[ffi(c = Words)]
    struct Moved<'a> {
        #[ffi(ptr = words, len_bytes = bytes, advance)]
        words: OutBuf<'a, u32>,
    }

    let mut memory = [MaybeUninit::uninit(); 4];
    let mut used = Used { words: OutBuf::uninit(&mut memory) };
    echo_words_use(&mut used, 1, 11).unwrap();
    assert_eq!(used.words.filled(), [0x0101_0101; 2]);
    // From byte 8 on.
    echo_words_use(&mut used, 2, 4).unwrap();
    assert_eq!(used.words.filled(), [0x0101_0101, 0x0101_0101, 0x0202_0202]);
    let error = echo_words_use(&mut used, 2, -13).unwrap_err();
    assert_eq!(error.to_string(), "`Used.words`: C reported -1 in `at`, and the buffer holds 16");

    let mut memory = [MaybeUninit::uninit(); 4];
    let mut moved = Moved { words: OutBuf::uninit(&mut memory) };
    echo_words_move(&mut moved, 1, 11).unwrap();
    assert_eq!(moved.words.filled(), [0x0101_0101; 2]);
    echo_words_move(&mut moved, 2, 4).unwrap();
    assert_eq!(moved.words.filled(), [0x0101_0101, 0x0101_0101, 0x0202_0202]);
}

// ---- real streams ----

/// zlib keeps the address of its `z_stream`: the struct stays where it is, and each call is lent what is left.
mod zlib {
    use super::*;
    use libz_sys as z;
    use std::ffi::c_int;

    #[derive(FfiPinned)]
    #[ffi(c = z::z_stream)]
    struct Chunk<'a> {
        #[ffi(ptr = next_in, len = avail_in, advance, read_only)]
        input: &'a [u8],
        #[ffi(ptr = next_out, len = avail_out, advance)]
        output: OutBuf<'a, u8>,
        #[ffi(out = total_out)]
        total: u64,
    }

    /// Calls `step` with rooms of 100 bytes until it says that the stream has ended.
    fn run(
        stream: &mut z::z_stream,
        step: unsafe extern "C" fn(*mut z::z_stream, c_int) -> c_int,
        flush: c_int,
        input: &[u8],
    ) -> Vec<u8> {
        let mut all = Vec::new();
        let mut memory = [MaybeUninit::uninit(); 100];
        let mut chunk = Chunk { input, output: OutBuf::uninit(&mut memory), total: 0 };
        loop {
            // SAFETY: an initialised stream; the buffers are filled for this call, and zlib keeps only the stream.
            let answer = chunk.with_pinned_mut_in(stream, |mut c| unsafe { step(c.as_mut_ptr(), flush) }).unwrap();
            all.extend_from_slice(chunk.output.filled());
            assert_eq!(chunk.total, all.len() as u64);
            chunk.output.clear();
            match answer {
                z::Z_OK => {}
                z::Z_STREAM_END => break,
                other => panic!("zlib answered {other}"),
            }
        }
        assert_eq!((chunk.input, stream.next_in, stream.avail_in), (&b""[..], std::ptr::null_mut(), 0));
        all
    }

    #[test]
    fn zlib_deflates_and_inflates_in_rooms_of_a_hundred_bytes() {
        let text: Vec<u8> = (0..20_000_u32).flat_map(|n| (n * n).to_le_bytes()).collect();
        let size = c_int::try_from(size_of::<z::z_stream>()).unwrap();

        // SAFETY: zeroes are a `z_stream` with zlib's own allocator.
        let mut stream: Box<MaybeUninit<z::z_stream>> = Box::new(MaybeUninit::zeroed());
        // SAFETY: as zlib.h has it.
        let stream = unsafe {
            assert_eq!(z::deflateInit_(stream.as_mut_ptr(), 6, z::zlibVersion(), size), z::Z_OK);
            stream.assume_init_mut()
        };
        let packed = run(stream, z::deflate, z::Z_FINISH, &text);
        // SAFETY: initialised above, and not used again.
        assert_eq!(unsafe { z::deflateEnd(stream) }, z::Z_OK);
        assert!(packed.len() < text.len());

        // SAFETY: as above.
        let mut stream: Box<MaybeUninit<z::z_stream>> = Box::new(MaybeUninit::zeroed());
        // SAFETY: as above.
        let stream = unsafe {
            assert_eq!(z::inflateInit_(stream.as_mut_ptr(), z::zlibVersion(), size), z::Z_OK);
            stream.assume_init_mut()
        };
        let unpacked = run(stream, z::inflate, z::Z_NO_FLUSH, &packed);
        // SAFETY: as above.
        assert_eq!(unsafe { z::inflateEnd(stream) }, z::Z_OK);
        assert!(unpacked == text);
    }
}

/// zstd has a struct for its input and one for its output, each with a position.
mod zstd {
    use super::*;
    use pin_ffi::pinned_ffi;
    use zstd_sys as z;

    #[derive(FfiPinned)]
    #[ffi(c = z::ZSTD_inBuffer)]
    struct Input<'a> {
        #[ffi(ptr = src, len = size, pos = pos)]
        bytes: &'a [u8],
    }

    #[derive(FfiPinned)]
    #[ffi(c = z::ZSTD_outBuffer)]
    struct Output<'a> {
        #[ffi(ptr = dst, len = size, pos = pos)]
        bytes: OutBuf<'a, u8>,
    }

    #[pinned_ffi]
    unsafe extern "C" {
        fn ZSTD_compressStream2(
            context: *mut z::ZSTD_CCtx,
            #[ffi(pin_mut)] output: *mut z::ZSTD_outBuffer,
            #[ffi(pin_mut)] input: *mut z::ZSTD_inBuffer,
            end: z::ZSTD_EndDirective,
        ) -> usize;
        fn ZSTD_decompressStream(
            context: *mut z::ZSTD_DCtx,
            #[ffi(pin_mut)] output: *mut z::ZSTD_outBuffer,
            #[ffi(pin_mut)] input: *mut z::ZSTD_inBuffer,
        ) -> usize;
    }

    /// Calls `step` with rooms of 100 bytes until it says that nothing is left.
    fn run(bytes: &[u8], step: impl Fn(&mut Output<'_>, &mut Input<'_>) -> io::Result<usize>) -> Vec<u8> {
        let mut all = Vec::new();
        let mut memory = [MaybeUninit::uninit(); 100];
        let (mut input, mut output) = (Input { bytes }, Output { bytes: OutBuf::uninit(&mut memory) });
        loop {
            let left = step(&mut output, &mut input).unwrap();
            // SAFETY: any number may be asked about.
            assert_eq!(unsafe { z::ZSTD_isError(left) }, 0);
            all.extend_from_slice(output.bytes.filled());
            output.bytes.clear();
            if left == 0 {
                break;
            }
        }
        assert_eq!(input.bytes, b"");
        all
    }

    #[test]
    fn zstd_compresses_and_decompresses_in_rooms_of_a_hundred_bytes() {
        let text: Vec<u8> = (0..20_000_u32).flat_map(|n| (n * n).to_le_bytes()).collect();
        // SAFETY: a context of its own, freed at the end; zstd keeps no buffer.
        let (packed, unpacked) = unsafe {
            let compress = z::ZSTD_createCCtx();
            let end = z::ZSTD_EndDirective::ZSTD_e_end;
            let packed = run(&text, |output, input| ZSTD_compressStream2(compress, output, input, end));
            z::ZSTD_freeCCtx(compress);
            let decompress = z::ZSTD_createDCtx();
            let unpacked = run(&packed, |output, input| ZSTD_decompressStream(decompress, output, input));
            z::ZSTD_freeDCtx(decompress);
            (packed, unpacked)
        };
        assert!(packed.len() < text.len());
        assert!(unpacked == text);
    }
}

#[test]
fn input_can_be_read_by_lines_beside_the_trait() {
    use pin_ffi::manual::Consume as _;
    use std::io::BufRead as _;

    let (mut input, mut line) = (&b"a line\nrest"[..], String::new());
    input.read_line(&mut line).unwrap();
    input.consume(1);
    input.consume_front(1);
    assert_eq!((&line[..], input), ("a line\n", &b"st"[..]));
}
