/* Driver of the Ethernet controller LAN9118: frames in and out through its FIFOs, by the processor. Registers by the
 * data sheet of SMSC. */
#include "an500.h"
#include "chip.h" /* the interface implemented here */
#include "cortex_m.h"

#include <string.h>

/* The direct registers. */
typedef struct {
  volatile uint32_t rx_data, unused0[7], tx_data, unused1[7], rx_status, rx_peek, tx_status, tx_peek, id, irq_config,
      irq_state, irq_enable, unused2, byte_test, fifo_irq, rx_config, tx_config, hardware, rx_control, rx_level,
      tx_level, power, unused3[7], mac_command, mac_data, flow;
} lan9118_registers;
#define LAN ((lan9118_registers *)0xa0000000u)

enum { ID = 0x01180000, BYTE_TEST = (int)0x87654321 };
enum { IRQ_ON = 0x111 }; /* push-pull, active high, let through */
enum { IRQ_FRAME = 8 };  /* the level of the status FIFO for frames that came */
enum { HARDWARE_RESET = 1, HARDWARE_TX_5K = 5 << 16, HARDWARE_WHOLE_FRAMES = 1 << 20 };
enum { TX_ON = 2 };                             /* tx_config */
enum { TX_FIRST = 1 << 13, TX_LAST = 1 << 12 }; /* command word A */
enum { RX_ERROR = 1 << 15 };                    /* rx_status */
enum { FLOW = 0x006e3740 };                     /* what the data sheet recommends */

/* Registers of the MAC, behind a command register. */
enum { MAC_CONTROL = 1, MAC_ADDRESS_HIGH = 2, MAC_ADDRESS_LOW = 3, MAC_MII_COMMAND = 6, MAC_MII_DATA = 7 };
enum { MAC_BUSY = (int)(1u << 31), MAC_READ = 1 << 30 };
enum { MAC_RX_ON = 4, MAC_TX_ON = 8, MAC_FULL_DUPLEX = 1 << 20 };
enum { MII_BUSY = 1, MII_WRITE = 2, MII_PHY = 1 << 11 };
/* Registers of the PHY. */
enum { PHY_CONTROL = 0, PHY_STATE = 1 };
enum { PHY_NEGOTIATE = 0x1200, PHY_LINK = 4 };

enum { CRC = 4, PATIENCE = 1000000, OVERHEAD = 16 };

/* Waits until bits are 0; the controller answers within microseconds or not at all. */
static bool wait_clear(volatile uint32_t *from, uint32_t bits) {
  for (int i = 0; i < PATIENCE; i++)
    if (!(*from & bits)) return true;
  return false;
}

/* Reads a register of the MAC. */
static uint32_t mac_read(uint32_t number) {
  LAN->mac_command = (uint32_t)MAC_BUSY | MAC_READ | number;
  wait_clear(&LAN->mac_command, (uint32_t)MAC_BUSY);
  return LAN->mac_data;
}

static void mac_write(uint32_t number, uint32_t value) {
  LAN->mac_data = value;
  LAN->mac_command = (uint32_t)MAC_BUSY | number;
  wait_clear(&LAN->mac_command, (uint32_t)MAC_BUSY);
}

/* Waits until the MII management interface to the PHY is free. */
static void mii_wait(void) {
  for (int i = 0; i < PATIENCE && (mac_read(MAC_MII_COMMAND) & MII_BUSY); i++) {
  }
}

/* Reads a register of the PHY. */
static uint32_t phy_read(uint32_t number) {
  mac_write(MAC_MII_COMMAND, MII_PHY | number << 6 | MII_BUSY);
  mii_wait();
  return mac_read(MAC_MII_DATA);
}

static void phy_write(uint32_t number, uint32_t value) {
  mac_write(MAC_MII_DATA, value);
  mac_write(MAC_MII_COMMAND, MII_PHY | number << 6 | MII_WRITE | MII_BUSY);
  mii_wait();
}

/* The interrupt's line is set up before anything can pull it. */
bool chip_ethernet_start(void) {
  if (LAN->byte_test != (uint32_t)BYTE_TEST || (LAN->id & 0xffff0000u) != ID) return false;
  LAN->hardware = HARDWARE_RESET;
  if (!wait_clear(&LAN->hardware, HARDWARE_RESET)) return false;
  LAN->irq_config = IRQ_ON;
  LAN->irq_enable = 0;
  LAN->irq_state = UINT32_MAX;
  LAN->hardware = HARDWARE_TX_5K | HARDWARE_WHOLE_FRAMES;
  LAN->flow = FLOW;
  LAN->fifo_irq = 0; /* one frame is enough */
  LAN->rx_config = 0;
  phy_write(PHY_CONTROL, PHY_NEGOTIATE);
  LAN->tx_config = TX_ON;
  mac_write(MAC_CONTROL, MAC_RX_ON | MAC_TX_ON | MAC_FULL_DUPLEX);
  return true;
}

/* The chip loads its address from the EEPROM at reset. */
bool chip_ethernet_address_get(uint8_t address[6]) {
  uint32_t high = mac_read(MAC_ADDRESS_HIGH), low = mac_read(MAC_ADDRESS_LOW);
  for (int i = 0; i < 4; i++) address[i] = (uint8_t)(low >> 8 * i);
  address[4] = (uint8_t)high;
  address[5] = (uint8_t)(high >> 8);
  return low != UINT32_MAX && low != 0;
}

/* The address holds until the next reset. */
void chip_ethernet_address_set(const uint8_t address[6]) {
  mac_write(MAC_ADDRESS_HIGH, (uint32_t)address[5] << 8 | address[4]);
  mac_write(MAC_ADDRESS_LOW,
            (uint32_t)address[3] << 24 | (uint32_t)address[2] << 16 | (uint32_t)address[1] << 8 | address[0]);
}

/* The state is latched low: the second reading tells how it is now. */
bool chip_ethernet_link(void) {
  phy_read(PHY_STATE);
  return phy_read(PHY_STATE) & PHY_LINK;
}

uint32_t chip_ethernet_next(void) {
  if (!(LAN->rx_level >> 16 & 0xff)) return 0;
  uint32_t status = LAN->rx_status, size = status >> 16 & 0x3fff;
  if (!(status & RX_ERROR) && size > CRC && size <= CHIP_ETHERNET_FRAME + CRC) return size - CRC;
  chip_ethernet_skip(size > CRC ? size - CRC : 0);
  return 0;
}

void chip_ethernet_read(uint32_t *words, uint32_t size) {
  for (uint32_t left = CHIP_ETHERNET_WORDS(size); left; left--) *words++ = LAN->rx_data;
}

/* Word by word, too: the controller could skip by itself, but the emulator's model of that never gives the room in its
 * FIFO back, and after some hundred frames that nobody had a buffer for nothing came in any more. */
void chip_ethernet_skip(uint32_t size) {
  for (uint32_t left = CHIP_ETHERNET_WORDS(size); left; left--) (void)LAN->rx_data;
}

/* What became of earlier frames is of no interest: what is lost, TCP sends again. */
bool chip_ethernet_send(const uint8_t *bytes, uint32_t size) {
  while (LAN->tx_level >> 16 & 0xff) (void)LAN->tx_status;
  if ((LAN->tx_level & 0xffff) < size + OVERHEAD) return false;
  LAN->tx_data = TX_FIRST | TX_LAST | size;
  LAN->tx_data = size;
  for (uint32_t word = 0, part; size; size -= part, bytes += part) {
    part = size < sizeof word ? size : sizeof word;
    memcpy(&word, bytes, part);
    LAN->tx_data = word;
  }
  return true;
}

/* A frame that came just before may have been forgotten with the state. */
bool chip_ethernet_listen(void) {
  LAN->irq_state = IRQ_FRAME;
  LAN->irq_enable = IRQ_FRAME;
  return LAN->rx_level >> 16 & 0xff;
}

void chip_ethernet_silence(void) { LAN->irq_enable = 0; }

void chip_ethernet_enable(void) { cortex_m_irq_enable(AN500_IRQ_ETHERNET, CHIP_PRIORITY_PORT); }

/* The emulated board has no loopback that somebody could listen on: as on a virtual board, these names are the machine
 * that runs the emulator. */
bool chip_ethernet_is_gateway(const char *name) { return !strcmp(name, "localhost") || !strncmp(name, "127.", 4); }
