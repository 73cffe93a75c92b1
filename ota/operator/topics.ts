/** Topics of a fleet: the contract's paths filled in, and read back. */
import { topicRoot, topics } from '../../hal/contract/index.js';

export type TopicName = (typeof topics)[number]['name'];

/** What stands in a path. */
export type TopicParts = Readonly<Record<string, string>>;

const fill = (path: string, parts: TopicParts): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? '+');

/** A topic; parts that are left out become wildcards, for a subscription. */
export const topicPath = (fleet: string, name: TopicName, parts: TopicParts = {}): string =>
  fill(topicRoot, { fleet }) + fill(topics.find((row) => row.name === name)?.path ?? '', parts);

const patterns = topics.map(({ name, path }) => ({
  name,
  pattern: new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

/** Which topic of this fleet it is, undefined for any other. */
export function parseTopic(
  fleet: string,
  topic: string,
): { readonly name: TopicName; readonly parts: TopicParts } | undefined {
  const start = fill(topicRoot, { fleet });
  if (!topic.startsWith(start)) return undefined;
  for (const { name, pattern } of patterns) {
    const match = pattern.exec(topic.slice(start.length));
    if (match) return { name, parts: { ...match.groups } };
  }
  return undefined;
}
