# The board mps2-an500 as QEMU emulates it: Cortex-M7, peripherals of ARM's CMSDK. ../../CMakeLists.txt says what each
# of these means.
set(TARS_CHIP_KERNEL portable/GCC/ARM_CM7/r0p1)
set(TARS_CHIP_SOURCES flash.c i2c.c lamps.c native.c provision.c timers.c uart.c)
set(TARS_CHIP_ETHERNET lan9118.c)
set(TARS_CHIP_START vectors.c)
set(TARS_CHIP_LINK an500.ld)
set(TARS_CHIP_LIBC libc_number.c) # a processor with floating point of double precision
if(NOT TARS_SMALLEST) # the bench can feed the link: feed.c stands between the driver and uart.c
  list(APPEND TARS_CHIP_SOURCES feed.c)
  set_source_files_properties(${chip}/uart.c PROPERTIES COMPILE_DEFINITIONS chip_uart_receive=an500_uart_receive)
endif()
