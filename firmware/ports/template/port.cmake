# What this port asks of the build; firmware/CMakeLists.txt says what each of these means. For a microcontroller: small
# code.
set(TARS_PORT_OPTIMISE -Os)
set(TARS_PORT_LTO ON)
set(TARS_PORT_WORDS OFF)
