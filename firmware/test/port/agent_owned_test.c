/* A board that gets an owner over frames: what it takes unsigned before and after, signed commands, bundles, dev apps,
 * and the way back to a fresh board. */
#include "agent_host.h"
#include "check.h"
#include "command.h"
#include "fake_core.h"
#include "maker.h"
#include "nor.h"
#include "tars_board.h"
#include "tars_errors.h"

#include <string.h>

static const maker_app app = { 2, { 1, 2 }, { 700, 900 } };
static maker_key root_key, release_key, operator_key, dev_key;
static maker_bytes document;
static struct { uint8_t device[16], nonce[TARS_NONCE]; } identity;
static uint32_t counter;

/* Uploads a document; returns the last code. */
static int upload(host *self, uint8_t use, const maker_bytes *bytes) {
  int code = host_request(self, TARS_LINK_UPLOAD_BEGIN, &(tars_link_upload_begin_request){ use, bytes->size });
  for (uint32_t at = 0; at < bytes->size && !code; at += TARS_LIMIT_CHUNK) {
    uint32_t part = bytes->size - at < TARS_LIMIT_CHUNK ? bytes->size - at : TARS_LIMIT_CHUNK;
    code =
        host_request(self, TARS_LINK_UPLOAD_DATA, &(tars_link_upload_data_request){ at, { bytes->bytes + at, part } });
  }
  return code ? code : host_request(self, TARS_LINK_UPLOAD_END, NULL);
}

/* Signs a request as an operator and sends it. */
static int command(host *self, uint8_t id, const void *body) {
  static uint8_t fields[512];
  int size = tars_message_encode(tars_link_message(id), body, fields, sizeof fields);
  const tars_fleet_command_event row = { .device = { identity.device, 16 },
                                         .nonce = { identity.nonce, TARS_NONCE },
                                         .counter = ++counter,
                                         .request = id,
                                         .body = { fields, (uint32_t)size } };
  const maker_key *const signers[] = { &operator_key, NULL };
  maker_document(TARS_FLEET_COMMAND_EVENT, &row, signers, &document);
  return host_request(self, TARS_LINK_COMMAND, &(tars_link_command_request){ { document.bytes, document.size } });
}

/* Asks who the board is. */
static void identity_read(host *self) {
  CHECK_EQUAL(host_request(self, TARS_LINK_IDENTITY, NULL), 0);
  memcpy(identity.nonce, response.identity.nonce.bytes, sizeof identity.nonce);
  if (response.identity.device.size) memcpy(identity.device, response.identity.device.bytes, sizeof identity.device);
}

/* What can be no broker, and a broker without a fleet, are refused: a board that took them would leave its own. */
static void network_test(host *self) {
  static const char *const wrong[] = { "http://here", "mqtt://", "mqtt://here:0", "mqtt://here:65536",
                                       "mqtts://here/x" };
  tars_link_network_set_request network = { .fleet = { "line1", 5 } };
  for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    network.broker = text(wrong[i]);
    CHECK_EQUAL(host_request(self, TARS_LINK_NETWORK_SET, &network), -TARS_E_INVALID);
  }
  network = (tars_link_network_set_request){ .broker = text("mqtt://here") };
  CHECK_EQUAL(host_request(self, TARS_LINK_NETWORK_SET, &network), -TARS_E_INVALID);
  identity_read(self);
  CHECK(response.identity.fleet.size == 0 && response.identity.broker.size == 0);
  CHECK_EQUAL(host_request(self, TARS_LINK_NETWORK_SET, &(tars_link_network_set_request){ 0 }), 0);
}

/* An open board takes everything, and gets its owner over the same port. */
static void test_open(host *self) {
  static const tars_link_network_set_request network = { .broker = { "mqtts://here:8883", 17 },
                                                         .fleet = { "line1", 5 },
                                                         .password = { "p", 1 } };
  CHECK(!response.hello.owned);
  identity_read(self);
  CHECK(response.identity.key.size == 32 && response.identity.device.size == 0 && response.identity.root == 0);
  CHECK_EQUAL(host_request(self, TARS_LINK_STOP, &(tars_link_stop_request){ text("one") }), 0);
  CHECK_EQUAL(command(self, TARS_LINK_STOP, &(tars_link_stop_request){ text("one") }), -TARS_E_NOT_OWNED);
  network_test(self);
  CHECK_EQUAL(host_request(self, TARS_LINK_NETWORK_SET, &network), 0);
  const maker_root root = { .version = 1,
                            .keys = { &root_key, &release_key, &operator_key, &dev_key },
                            .signers = { &root_key } };
  maker_root_make(&root, &document);
  CHECK_EQUAL(upload(self, TARS_UPLOAD_ROOT, &document), 0);
  identity_read(self);
  CHECK(response.identity.root == 1 && response.identity.owner.size == sizeof MAKER_OWNER - 1 &&
        !response.identity.online);
  CHECK(response.identity.fleet.size == 5 && response.identity.broker.size == 17 && response.identity.number == 0);
  *self = host_open(7);
  CHECK(response.hello.owned);
}

/* With an owner an unsigned request that changes something is refused by name, and one that reads is taken. */
static void test_unsigned(host *self) {
  tars_link_param_set_request set = { text("one"), text("gain"), { .type = TARS_VALUE_INT, .i = 8 } };
  tars_link_publish_request publish = { text("t"), { .count = 1, .items = { { .type = TARS_VALUE_INT, .i = 7 } } } };
  CHECK_EQUAL(host_request(self, TARS_LINK_START, &(tars_link_start_request){ text("one") }), -TARS_E_OWNED);
  CHECK_EQUAL(host_request(self, TARS_LINK_STOP, &(tars_link_stop_request){ text("one") }), -TARS_E_OWNED);
  CHECK_EQUAL(host_request(self, TARS_LINK_PARAM_SET, &set), -TARS_E_OWNED);
  CHECK_EQUAL(host_request(self, TARS_LINK_PUBLISH, &publish), -TARS_E_OWNED);
  CHECK_EQUAL(host_request(self, TARS_LINK_RESET, NULL), -TARS_E_OWNED);
  CHECK_EQUAL(host_request(self, TARS_LINK_NETWORK_SET, &(tars_link_network_set_request){ 0 }), -TARS_E_OWNED);
  CHECK_EQUAL(host_request(self, TARS_LINK_INSTALL_COMMIT, NULL), -TARS_E_OWNED);
  CHECK(!tars_agent_reset_wanted());
  CHECK_EQUAL(host_request(self, TARS_LINK_PARAM_GET, &(tars_link_param_get_request){ text("one"), text("gain") }), 0);
  CHECK_EQUAL(response.param_get.value.i, 5);
  CHECK_EQUAL(host_request(self, TARS_LINK_LIST, &(tars_link_list_request){ 0 }), 0);
}

/* Signed, the same requests run through the same table; nothing else does. */
static void test_commands(host *self) {
  tars_link_param_set_request set = { text("one"), text("gain"), { .type = TARS_VALUE_INT, .i = 8 } };
  CHECK_EQUAL(command(self, TARS_LINK_STOP, &(tars_link_stop_request){ text("one") }), 0);
  CHECK(response.command.body.size == 1 && response.command.body.bytes[0] == 0x80);
  CHECK_EQUAL(command(self, TARS_LINK_STOP, &(tars_link_stop_request){ text("nobody") }), -TARS_E_UNKNOWN);
  CHECK_EQUAL(command(self, TARS_LINK_PARAM_SET, &set), 0);
  set.value.i = 11;
  CHECK_EQUAL(command(self, TARS_LINK_PARAM_SET, &set), -TARS_E_RANGE);
  CHECK_EQUAL(host_request(self, TARS_LINK_PARAM_GET, &(tars_link_param_get_request){ text("one"), text("gain") }), 0);
  CHECK_EQUAL(response.param_get.value.i, 8);
  CHECK_EQUAL(command(self, TARS_LINK_LIST, &(tars_link_list_request){ 0 }), -TARS_E_DENIED);
  CHECK_EQUAL(command(self, TARS_LINK_ERASE, NULL), -TARS_E_DENIED);
  CHECK_EQUAL(command(self, TARS_LINK_INSTALL_CONFIRM, NULL), -TARS_E_STATE); /* answered by the supervisor */
  counter -= 2;
  CHECK_EQUAL(command(self, TARS_LINK_STOP, &(tars_link_stop_request){ text("one") }), -TARS_E_REPLAY);
  counter++;
  identity.device[0]++;
  CHECK_EQUAL(command(self, TARS_LINK_STOP, &(tars_link_stop_request){ text("one") }), -TARS_E_WRONG_DEVICE);
  identity.device[0]--;
}

/* Documents with signatures to check are taken at the pace of limits.link_signatures; the next one waits, and so does
 * what comes after it. */
static void test_share(host *self) {
  enum { COUNT = 3 * TARS_LIMIT_LINK_SIGNATURES };
  host_now_us += 10000000;
  int64_t begun_us = host_now_us;
  for (int i = 0; i < COUNT; i++) {
    CHECK_EQUAL(command(self, TARS_LINK_STOP, &(tars_link_stop_request){ text("one") }), 0);
    if (i < TARS_LIMIT_LINK_SIGNATURES) CHECK_EQUAL(host_now_us, begun_us);
  }
  CHECK(host_now_us - begun_us >= 1900000 && host_now_us - begun_us <= 2100000);
  begun_us = host_now_us;
  for (int i = 0; i < COUNT; i++) CHECK_EQUAL(host_request(self, TARS_LINK_LIST, &(tars_link_list_request){ 0 }), 0);
  CHECK_EQUAL(host_now_us, begun_us);
}

/* Every row of the link, with all its fields 0: what must be signed is refused without a signature, and what no signed
 * command may carry is refused inside one. The requests that are taken here are those of the other tests. */
static void test_rules(host *self) {
  static const tars_link_body nothing;
  for (uint8_t id = 1; id < TARS_LINK_LOG_EVENT; id++) {
    const tars_link_rule *rule = tars_link_rule_of(id);
    CHECK((rule != NULL) == (tars_link_message(id) != NULL) && (rule != NULL) == (tars_command_find(id) != NULL));
    if (rule && !rule->claims) CHECK_EQUAL(host_request(self, id, &nothing), -TARS_E_OWNED);
    if (rule && !rule->broker) CHECK_EQUAL(command(self, id, &nothing), -TARS_E_DENIED);
  }
  CHECK(!tars_agent_reset_wanted());
}

/* Makes a bundle of the app. */
static void bundle_make(uint32_t number, const maker_key *key) {
  static uint8_t image[4096];
  const maker_bundle bundle = { .number = number,
                                .health_ms = 1000,
                                .image = image,
                                .size = maker_image(&app, image, sizeof image),
                                .signers = { key } };
  maker_bundle_make(&bundle, &document);
}

/* A bundle over frames; confirmed by the session that brought it, or signed by an operator. */
static void test_bundle(host *self) {
  bundle_make(3, &release_key);
  CHECK_EQUAL(upload(self, TARS_UPLOAD_BUNDLE, &document), 0);
  CHECK(!response.upload_end.same && !response.upload_end.detached);
  CHECK_EQUAL(host_request(self, TARS_LINK_INSTALL_COMMIT, NULL), 0);
  CHECK_EQUAL(response.install_commit.gap, 7);
  CHECK_EQUAL(host_request(self, TARS_LINK_INSTALL_CONFIRM, NULL), 0);
  CHECK_EQUAL(upload(self, TARS_UPLOAD_BUNDLE, &document), 0);
  CHECK(response.upload_end.same);
  identity_read(self);
  CHECK(response.identity.number == 3 && response.identity.bundle.size == 32);
  bundle_make(4, &release_key);
  CHECK_EQUAL(upload(self, TARS_UPLOAD_BUNDLE, &document), 0);
  CHECK_EQUAL(host_request(self, TARS_LINK_INSTALL_COMMIT, NULL), 0);
  *self = host_open(8); /* a session of another program, which has signed nothing */
  CHECK_EQUAL(host_request(self, TARS_LINK_INSTALL_CONFIRM, NULL), -TARS_E_OWNED);
  CHECK_EQUAL(command(self, TARS_LINK_INSTALL_CONFIRM, NULL), 0);
  CHECK(response.command.body.size == 1 && !fake_core.trial);
}

/* A session that begins an upload and sends nothing gives way to an operator's signature, and to nobody else. */
static void test_place(host *self) {
  static const uint8_t part[50];
  const tars_link_upload_begin_request begin = { TARS_UPLOAD_BUNDLE, 2 * sizeof part };
  const tars_link_upload_data_request data = { 0, { part, sizeof part } };
  host other = host_open(10);
  CHECK_EQUAL(host_request(&other, TARS_LINK_UPLOAD_BEGIN, &begin), 0);
  CHECK_EQUAL(host_request(self, TARS_LINK_UPLOAD_BEGIN, &begin), -TARS_E_BUSY);
  CHECK_EQUAL(command(self, TARS_LINK_UPLOAD_BEGIN, &begin), 0);
  CHECK_EQUAL(host_request(&other, TARS_LINK_UPLOAD_BEGIN, &begin), -TARS_E_BUSY);
  CHECK_EQUAL(host_request(&other, TARS_LINK_UPLOAD_DATA, &data), -TARS_E_BUSY);
  CHECK_EQUAL(host_request(self, TARS_LINK_UPLOAD_DATA, &data), 0);
  CHECK_EQUAL(host_request(self, TARS_LINK_UPLOAD_END, NULL), -TARS_E_TRUNCATED);
  tars_session_close(other.session);
}

/* A dev app needs a key with the role dev. */
static void test_dev(host *self) {
  bundle_make(1, &release_key);
  CHECK_EQUAL(upload(self, TARS_UPLOAD_DEV, &document), -TARS_E_ROLE);
  bundle_make(1, &dev_key);
  CHECK_EQUAL(upload(self, TARS_UPLOAD_DEV, &document), 0);
  CHECK_EQUAL(host_request(self, TARS_LINK_INSTALL_COMMIT, NULL), 0);
  CHECK_EQUAL(host_request(self, TARS_LINK_INSTALL_CONFIRM, NULL), 0);
  CHECK(!tars_install_is_stored());
}

/* Erasing restarts the board, which is open then. */
static void test_erase(host *self) {
  CHECK_EQUAL(host_request(self, TARS_LINK_ERASE, NULL), 0);
  CHECK(tars_agent_reset_wanted());
  tars_session_close(self->session);
  host_start(&(tars_agent_config){ 0 });
  *self = host_open(9);
  CHECK(!response.hello.owned && response.hello.boot == 1);
}

/* The tests run on one board, each on what the one before has left. */
int main(void) {
  root_key = maker_key_make(1, 1u << TARS_ROLE_ROOT);
  release_key = maker_key_make(2, 1u << TARS_ROLE_RELEASE);
  operator_key = maker_key_make(3, 1u << TARS_ROLE_OPERATOR);
  dev_key = maker_key_make(4, 1u << TARS_ROLE_DEV);
  nor_reset();
  host_start(&(tars_agent_config){ 0 });
  host self = host_open(1);
  test_open(&self);
  test_unsigned(&self);
  test_rules(&self);
  test_commands(&self);
  test_share(&self);
  test_bundle(&self);
  test_place(&self);
  test_dev(&self);
  test_erase(&self);
  return check_report("agent_owned");
}
