# What the port to POSIX asks of the build; firmware/CMakeLists.txt says what each of these means.
set(TARS_PORT_HOSTED ON)
