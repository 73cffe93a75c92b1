# TLS for stream.c. Whatever links tars_tls is compiled with TARS_TLS.
set(mbedtls ${TARS_VENDOR_DIR}/mbedtls-sys-auto/vendor)
set(mbedtls_sources aes asn1parse asn1write bignum cipher cipher_wrap constant_time ecdh ecdsa ecp ecp_curves gcm
  md memory_buffer_alloc oid pk pk_wrap pkparse platform platform_util rsa rsa_internal sha256 ssl_ciphersuites ssl_cli
  ssl_msg ssl_tls x509 x509_crt)
list(TRANSFORM mbedtls_sources REPLACE "(.+)" "${mbedtls}/library/\\1.c")

# Nothing that needs a private key: tls_absent.h. These two files name such functions.
add_library(tars_mbedtls STATIC ${mbedtls_sources} ${CMAKE_CURRENT_LIST_DIR}/tls_absent.c
  ${CMAKE_CURRENT_LIST_DIR}/tls_sha256.c)
target_compile_options(tars_mbedtls PRIVATE -w ${TARS_THIRD_PARTY_FLAGS})
set(absent -include ${CMAKE_CURRENT_LIST_DIR}/tls_absent.h)
set_property(SOURCE ${mbedtls}/library/pk_wrap.c APPEND PROPERTY COMPILE_OPTIONS -DTARS_TLS_ABSENT_KEYS ${absent})
set_property(SOURCE ${mbedtls}/library/rsa.c APPEND PROPERTY COMPILE_OPTIONS -DTARS_TLS_ABSENT_PARTS ${absent})
target_compile_definitions(tars_mbedtls PUBLIC MBEDTLS_CONFIG_FILE="tars_mbedtls.h")
if(TARS_SANITIZE)
  target_compile_definitions(tars_mbedtls PUBLIC TARS_TLS_STATISTICS) # tests ask how full its pool was
endif()
target_include_directories(tars_mbedtls PRIVATE ${CMAKE_CURRENT_LIST_DIR} ${TARS_INCLUDES})
target_link_libraries(tars_mbedtls PRIVATE $<LINK_ONLY:tars_core>)
target_include_directories(tars_mbedtls SYSTEM PUBLIC ${mbedtls}/include)

tars_library(tars_tls ${CMAKE_CURRENT_LIST_DIR}/tls.c ${CMAKE_CURRENT_LIST_DIR}/tls_reason.c)
target_include_directories(tars_tls PUBLIC ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(tars_tls PRIVATE tars_mbedtls)
target_compile_definitions(tars_tls INTERFACE TARS_TLS)
