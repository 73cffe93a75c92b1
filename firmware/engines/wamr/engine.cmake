# WAMR's fast interpreter behind tars_engine.h. What an engine sets here, firmware/CMakeLists.txt makes a library of:
#   TARS_ENGINE_CRATE          third-party sources, by their name in deps/Cargo.toml
#   TARS_ENGINE_SOURCES        ours, compiled with our warnings and sanitizers
#   TARS_ENGINE_OTHERS         those of others, compiled with TARS_THIRD_PARTY_FLAGS
#   TARS_ENGINE_DEFINITIONS    for both
#   TARS_ENGINE_INCLUDES       folders of our headers, and TARS_ENGINE_OTHERS_INCLUDES of theirs
# Flags of single files are properties of these.
set(TARS_ENGINE_CRATE wamrx-sys)
set(wamr ${TARS_VENDOR_DIR}/wamrx-sys/wasm-micro-runtime/core)

set(TARS_ENGINE_OTHERS
  ${wamr}/iwasm/common/wasm_exec_env.c
  ${wamr}/iwasm/common/wasm_loader_common.c
  ${wamr}/iwasm/common/wasm_memory.c
  ${wamr}/iwasm/common/wasm_runtime_common.c
  ${wamr}/iwasm/common/arch/invokeNative_general.c
  ${wamr}/iwasm/interpreter/wasm_interp_fast.c
  ${wamr}/iwasm/interpreter/wasm_loader.c
  ${wamr}/iwasm/interpreter/wasm_runtime.c
  ${wamr}/shared/utils/bh_assert.c
  ${wamr}/shared/utils/bh_bitmap.c
  ${wamr}/shared/utils/bh_common.c
  ${wamr}/shared/utils/bh_hashmap.c
  ${wamr}/shared/utils/bh_leb128.c
  ${wamr}/shared/utils/bh_list.c
  ${wamr}/shared/utils/bh_log.c
  ${wamr}/shared/utils/bh_vector.c)

set(own engine.c call.c memory.c state.c layout.c absent.c platform/platform.c)
list(TRANSFORM own PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
set(TARS_ENGINE_SOURCES ${own} ${TARS_WASM_SOURCES})

# The image is linked from files one by one, so the dependencies are spelled out: nothing of a thread manager, of shared
# memory, of hardware checks, of a C library for guests. No shrunk memory: the manifest says how large it is, not
# exports. Bulk memory: clang's -Oz guests copy and fill with it.
set(TARS_ENGINE_DEFINITIONS
  WASM_ENABLE_INTERP=1
  WASM_ENABLE_FAST_INTERP=1
  WASM_ENABLE_MINI_LOADER=0
  WASM_ENABLE_BULK_MEMORY=1
  WASM_ENABLE_BULK_MEMORY_OPT=1
  WASM_ENABLE_REF_TYPES=0
  WASM_ENABLE_SIMD=0
  WASM_ENABLE_AOT=0
  WASM_ENABLE_QUICK_AOT_ENTRY=0
  WASM_ENABLE_THREAD_MGR=0
  WASM_ENABLE_SHARED_MEMORY=0
  WASM_ENABLE_SHARED_HEAP=0
  WASM_ENABLE_SHRUNK_MEMORY=0
  WASM_ENABLE_LIBC_BUILTIN=0
  WASM_ENABLE_LIBC_WASI=0
  WASM_ENABLE_MULTI_MODULE=0
  WASM_ENABLE_MODULE_INST_CONTEXT=0
  WASM_ENABLE_HEAP_AUX_STACK_ALLOCATION=0
  WASM_ENABLE_LOG=0
  WASM_DISABLE_HW_BOUND_CHECK=1
  WASM_DISABLE_STACK_HW_BOUND_CHECK=1
  WASM_DISABLE_WAKEUP_BLOCKING_OP=1
  BH_MALLOC=wasm_runtime_malloc
  BH_FREE=wasm_runtime_free)

set(TARS_ENGINE_INCLUDES ${CMAKE_CURRENT_LIST_DIR}/platform)
set(TARS_ENGINE_OTHERS_INCLUDES
  ${wamr}/iwasm/include ${wamr}/iwasm/common ${wamr}/iwasm/interpreter ${wamr}/iwasm
  ${wamr}/shared/utils ${wamr}/shared/platform/include ${wamr}/shared/mem-alloc)

# Every host call is a raw native and no memory grows (engine.c): the ways to call others and to grow are left out where
# the interpreter would ask for them.
set_property(SOURCE ${wamr}/iwasm/interpreter/wasm_interp_fast.c ${wamr}/iwasm/interpreter/wasm_runtime.c
  APPEND PROPERTY COMPILE_DEFINITIONS
  wasm_runtime_invoke_native=wamr_absent_native wasm_runtime_invoke_c_api_native=wamr_absent_c_api
  wasm_enlarge_memory=wamr_absent_growth)
# sqrt is one instruction then.
set_property(SOURCE ${TARS_ENGINE_OTHERS} APPEND PROPERTY COMPILE_OPTIONS -fno-math-errno)
if(NOT TARS_PORT_WORDS)
  # The 150 sentences of loading and instantiating would take 7 KB of flash: a board says that a module isn't valid, the
  # virtual board says why.
  set_property(SOURCE ${wamr}/iwasm/interpreter/wasm_loader.c ${wamr}/iwasm/interpreter/wasm_runtime.c
    ${wamr}/iwasm/common/wasm_loader_common.c APPEND PROPERTY COMPILE_DEFINITIONS WAMR_SILENT)
endif()
# -Os makes the interpreter 1.6 to 2 times slower (measured on a Cortex-M7): this one file is always built for speed,
# but for passes that cost 1.5 K of flash and gain half a percent of the instructions.
set_property(SOURCE ${wamr}/iwasm/interpreter/wasm_interp_fast.c
  APPEND PROPERTY COMPILE_OPTIONS -O2 -fschedule-insns2
  -fno-inline-small-functions -fno-reorder-blocks -fno-expensive-optimizations -fno-partial-inlining)
