/** The operator's memory for watching: what a push has left is read, what is heard is forgotten at the end. */
import { sha256, toHex } from '../../ota/host/ids.js';
import { MemoryStore } from '../../ota/operator/store.js';
import { listPayloads, readPayload, SqliteStore } from './store.js';

export class WatchStore extends MemoryStore {
  private readonly folder: string;

  private constructor(folder: string) {
    super('', (bytes) => toHex(sha256(bytes)));
    this.folder = folder;
  }

  /** Reads it beside a push that may be writing. */
  static async open(folder: string): Promise<WatchStore> {
    const store = new WatchStore(folder);
    const looked = await SqliteStore.look(folder);
    looked?.devices.forEach((device) => store.saveDevice(device));
    looked?.reports.forEach((key) => store.saveReport(key));
    looked?.close();
    return store;
  }

  override payload(image: string): Uint8Array | undefined {
    return readPayload(this.folder, image);
  }

  override payloads(): readonly string[] {
    return listPayloads(this.folder);
  }
}
