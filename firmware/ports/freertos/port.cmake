# What the port to FreeRTOS asks of the build; firmware/CMakeLists.txt says what each of these means.
set(TARS_PORT_CRATES freertos-next)
set(TARS_PORT_OPTIMISE -Os)
set(TARS_PORT_LTO ON) # 5 % less flash
set(TARS_PORT_WORDS OFF)
# What libraries assert must hold on a board, too, but nobody reads there where it didn't: newlib's assert() without
# file names and expressions. libc.c defines the function.
list(APPEND TARS_THIRD_PARTY_FLAGS "-D__assert_func(file,line,function,text)=tars_library_broken()")
