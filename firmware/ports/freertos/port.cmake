# What the port to FreeRTOS asks of the build; firmware/CMakeLists.txt says what each of these means.
set(TARS_PORT_CRATES freertos-next)
# -Os without passes of gcc 12 that make code for this processor larger, 1.7 K of flash in all, and without conversion
# of branches, which costs instructions. Flags count when a file is compiled: linking doesn't change what a function was
# compiled with.
set(TARS_PORT_OPTIMISE "-Os -fno-tree-coalesce-vars -fno-schedule-insns2 -fno-if-conversion -fno-if-conversion2 \
-fno-tree-dominator-opts -fno-partial-inlining --param=early-inlining-insns=0")
set(TARS_PORT_LTO ON) # 5 % less flash
set(TARS_PORT_WORDS OFF)
# What libraries assert must hold on a board, too, but nobody reads there where it didn't: newlib's assert() without
# file names and expressions. libc.c defines the function.
list(APPEND TARS_THIRD_PARTY_FLAGS "-D__assert_func(file,line,function,text)=tars_library_broken()")
