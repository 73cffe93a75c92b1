# The sources of the image, one list for each library: TARS_<LIBRARY>_SOURCES, absolute paths. Whoever builds an image or a part
# of one includes this file: CMakeLists.txt here, measure/m7, tests, cli/dev/fuzz.mjs, and a build system from outside. It defines no
# target and needs no other file. Not in these lists: the engine (engines/<engine>/engine.cmake), TLS (net/tls.cmake), the port
# (ports/<port>) and the board's tables (gen/board_<board>.c).

# Sets TARS_<library>_SOURCES to files below `folder`, named without the ending `.c`.
macro(tars_sources library folder)
  set(TARS_${library}_SOURCES ${ARGN})
  list(TRANSFORM TARS_${library}_SOURCES REPLACE "(.+)" "${CMAKE_CURRENT_LIST_DIR}/${folder}/\\1.c")
endmacro()

# Framing, bodies and hashes; they need nothing but the contract.
tars_sources(WIRE wire cbor channel cobs crc32 frame half message row sha256)

# Whatever the generator writes, but for the tables of the boards and the agent's table of commands.
file(GLOB TARS_GEN_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/gen/tars_*.c)
list(FILTER TARS_GEN_SOURCES EXCLUDE REGEX "/tars_commands[.]c$")

# What of the core reads a module's manifest; the verifier of bundles needs no more of the core than this.
tars_sources(MANIFEST core detail manifest_check manifest_decode section wasm)

tars_sources(CORE core
  app arena behaviour bind bus call_adc call_gpio call_i2c call_log call_msg call_param call_pwm call_spi call_timer call_trace
  call_uart command core dispatch due event fault input life log module output param queue retain schema slot state supervisor switch
  takeover topic trace worker)
list(APPEND TARS_CORE_SOURCES ${TARS_MANIFEST_SOURCES})

# The verifier of bundles and root documents, but for the signature.
tars_sources(VERIFIER ../ota/device bundle bundle_app bundle_envelope bundle_form bundle_manifest grant root)

# Ed25519 over Monocypher, whose optional/monocypher-ed25519.c belongs to it.
tars_sources(SIGNATURE ../ota/device ed25519)

# Store, trust and the state machine of installs.
tars_sources(OTA ../ota/device
  install install_bundle install_health install_mailbox install_permission install_place install_receive install_state
  install_trial install_upload store store_flash store_module trust trust_command trust_sign)
list(APPEND TARS_OTA_SOURCES ${TARS_VERIFIER_SOURCES} ${TARS_SIGNATURE_SOURCES})

# Sessions and commands of the link.
tars_sources(AGENT agent
  agent command_app command_board command_install command_log command_param command_signed command_topic command_upload commands
  stream)
list(APPEND TARS_AGENT_SOURCES ${CMAKE_CURRENT_LIST_DIR}/gen/tars_commands.c)

# The way to the broker, and the agent that talks to it.
tars_sources(NET net mqtt stream)
tars_sources(FLEET agent fleet fleet_ask fleet_command fleet_fetch fleet_in fleet_out fleet_text fleet_update)

# The simulated peripherals and the bench that drives them: what a port lacks in hardware.
tars_sources(SIM sim adc bench_channel bench_commands clock gpio i2c nor pwm spi uart world)
