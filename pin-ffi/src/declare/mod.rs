//! Runtime support for C declarations and wrappers, in addition to that for all generated code.

mod computed;
mod lend;
mod stack;
mod status;
mod wrapper;

pub use computed::{at_least, product, sum, summand};
pub use core::ffi::CStr;
pub use core::option::Option::{self, None, Some};
pub use core::result::Result::Ok;
pub use lend::{
    agreed, array_must_be_filled, array_must_not_report, array_room, check_array, check_array_first, check_struct,
    check_struct_or_null, counter, cstr_or_null, fill_array, fill_array_mut, fill_struct, fill_struct_mut,
    fill_struct_mut_or_null, fill_struct_or_null, or_null, parameter, struct_must_be_filled, struct_must_not_report,
    struct_room, struct_room_or_null, take_array, take_array_first, take_struct, take_struct_or_null,
};
pub use stack::{ROOM, fits, in_blocks, stack};
pub use status::{Initialised, fitting, fitting_of, size_reported};
pub use wrapper::{LendArray, LendArrayMut, LendStruct, LendStructMut, Lends, WrapperResult};
