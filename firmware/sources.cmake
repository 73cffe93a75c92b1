# The sources of the image, one list for each library: TARS_<LIBRARY>_SOURCES, absolute paths. Whoever builds an image
# or a part of one includes this file: CMakeLists.txt here, measure/m7, tests, cli/dev/fuzz.mjs, and a build system from
# outside. It defines no target and needs no other file. Not in these lists: the engine (engines/<engine>/engine.cmake),
# TLS (net/tls.cmake), the port (ports/<port>) and the board's tables (gen/board_<board>.c
# and gen/board_<board>_calls.c).

# Sets TARS_<library>_SOURCES to files whose paths are given from this folder.
macro(tars_sources library)
  set(TARS_${library}_SOURCES ${ARGN})
  list(TRANSFORM TARS_${library}_SOURCES PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
endmacro()

# Framing, bodies and hashes; they need nothing but the contract.
tars_sources(WIRE
  wire/cbor.c wire/channel.c wire/cobs.c wire/crc32.c wire/frame.c wire/half.c wire/message.c wire/row.c wire/sha256.c)

# Whatever the generator writes, but for the tables of the boards and the agent's table of commands.
file(GLOB TARS_GEN_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/gen/tars_*.c)
list(FILTER TARS_GEN_SOURCES EXCLUDE REGEX "/tars_commands[.]c$")

# What of the core reads a manifest; the verifier of bundles needs no more of the core than this.
tars_sources(MANIFEST core/detail.c core/manifest_check.c core/manifest_decode.c core/manifest_load.c)

tars_sources(CORE
  core/app.c core/arena.c core/behaviour.c core/bind.c core/bus.c core/call_adc.c core/call_gpio.c core/call_i2c.c
  core/call_log.c core/call_msg.c core/call_param.c core/call_pwm.c core/call_spi.c core/call_timer.c
  core/call_trace.c core/call_uart.c core/command.c core/core.c core/dispatch.c core/due.c core/enter.c core/event.c
  core/evidence.c core/fault.c core/call.c core/input.c core/input_gpio.c core/input_pulse.c core/life.c core/load.c
  core/log.c core/output.c core/output_gpio.c core/output_pwm.c core/outside.c core/param.c core/param_operator.c
  core/output.c core/output_gpio.c core/output_pwm.c core/outside.c core/param.c core/param_operator.c
  core/param_range.c core/queue.c core/retain.c
  core/schema.c core/slot.c core/start.c core/state.c core/supervisor.c core/switch.c core/takeover.c core/topic.c
  core/trace.c core/worker.c)
list(APPEND TARS_CORE_SOURCES ${TARS_MANIFEST_SOURCES})

# The binary format of WebAssembly, for engines that take it; engine.cmake of such an engine adds this list to its own.
# The verifier of bundles needs of it where a manifest lies.
tars_sources(WASM engines/wasm/code_check.c engines/wasm/module_check.c engines/wasm/section.c engines/wasm/wasm.c)

# The verifier of bundles and root documents, but for the signature.
tars_sources(VERIFIER
  ../ota/device/bundle.c ../ota/device/bundle_app.c ../ota/device/bundle_envelope.c ../ota/device/bundle_form.c
  ../ota/device/bundle_manifest.c ../ota/device/grant.c ../ota/device/root.c ../ota/device/root_key.c)

# Ed25519 over Monocypher, whose optional/monocypher-ed25519.c belongs to it.
tars_sources(SIGNATURE ../ota/device/ed25519.c)

# Store, trust and the state machine of installs.
tars_sources(OTA
  ../ota/device/broker.c
  ../ota/device/install.c ../ota/device/install_bundle.c ../ota/device/install_health.c ../ota/device/install_mailbox.c
  ../ota/device/install_permission.c ../ota/device/install_place.c ../ota/device/install_receive.c
  ../ota/device/install_state.c ../ota/device/install_trial.c ../ota/device/install_upload.c ../ota/device/store.c
  ../ota/device/store_flash.c
  ../ota/device/store_log.c ../ota/device/store_module.c ../ota/device/trust.c ../ota/device/trust_command.c
  ../ota/device/trust_sign.c)
list(APPEND TARS_OTA_SOURCES ${TARS_VERIFIER_SOURCES} ${TARS_SIGNATURE_SOURCES})

# Sessions and commands of the link.
tars_sources(AGENT
  agent/agent.c agent/command_app.c agent/command_board.c agent/command_install.c agent/command_log.c
  agent/command_param.c
  agent/command_signed.c agent/command_topic.c agent/command_owner.c agent/commands.c agent/session.c agent/follow.c
  gen/tars_commands.c)

# The way to the broker, and the agent that talks to it.
tars_sources(NET net/mqtt.c net/mqtt_reason.c net/stream.c)
tars_sources(FLEET
  agent/fleet.c agent/fleet_ask.c agent/fleet_command.c agent/fleet_fetch.c agent/fleet_in.c agent/fleet_out.c
  agent/fleet_share.c
  agent/fleet_root.c agent/fleet_state.c agent/fleet_text.c agent/fleet_update.c)

# The simulated peripherals and the bench that drives them: what a port lacks in hardware.
tars_sources(SIM
  sim/adc.c sim/bench_channel.c sim/bench_commands.c sim/clock.c sim/gpio.c sim/i2c.c sim/nor.c sim/pwm.c sim/spi.c
  sim/uart.c sim/world.c)
