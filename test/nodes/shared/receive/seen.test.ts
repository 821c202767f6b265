import { LiveNote, Seen } from '../../../../nodes/shared/receive/seen';

const HOUR = 60 * 60 * 1000;
const NOW = Date.parse('2026-01-01T00:00:00Z');

/** What a restart leaves of it. */
const restarted = (seen: Seen, nowMs = NOW): Seen => new Seen(seen.toNote(), nowMs);

test('A message is known from then on, and no other is', () => {
	const seen = new Seen(undefined, NOW);
	expect(seen.has('a', NOW)).toBe(false);
	seen.add('a', NOW);
	expect(seen.has('a', NOW)).toBe(true);
	expect(seen.has('b', NOW)).toBe(false);
});

test('A message is forgotten after nine hours: no platform delivers again after that', () => {
	const seen = new Seen(undefined, NOW);
	seen.add('a', NOW);
	expect(seen.has('a', NOW + 9 * HOUR - 1)).toBe(true);
	expect(seen.has('a', NOW + 9 * HOUR)).toBe(false);
});

test('A message that is added again lives longer', () => {
	const seen = new Seen(undefined, NOW);
	seen.add('a', NOW);
	seen.add('b', NOW);
	seen.add('a', NOW + 5 * HOUR);
	seen.add('c', NOW + 10 * HOUR);
	expect(['a', 'b'].map((key) => seen.has(key, NOW + 10 * HOUR))).toEqual([true, false]);
});

test('The note carries what was seen over a restart', () => {
	const seen = new Seen(undefined, NOW);
	for (const key of ['a', 'b', 'c']) seen.add(key, NOW);
	const next = restarted(seen);
	expect(['a', 'b', 'c', 'd'].map((key) => next.has(key, NOW))).toEqual([true, true, true, false]);
	expect(next.toNote()).toBe(seen.toNote());
});

test('The note is bounded and keeps the newest, in their order, over several restarts', () => {
	const first = new Seen(undefined, NOW);
	for (let index = 0; index < 20_000; index++) first.add(`a${index}`, NOW);
	const bound = first.toNote().length;
	const second = restarted(first);
	for (let index = 0; index < 300; index++) second.add(`b${index}`, NOW);
	expect(second.toNote()).toHaveLength(bound);
	expect(bound).toBeLessThanOrEqual(131_072);
	const third = restarted(second);
	expect(third.has('b299', NOW) && third.has('b0', NOW) && third.has('a19999', NOW)).toBe(true);
	expect(third.has('a0', NOW)).toBe(false);
	// What the note lets go, memory still knows.
	expect(first.has('a0', NOW)).toBe(true);
});

test.each([[undefined], [null], [7], [''], ['not base64 ?!'], [{ a: 1 }], ['AAAA']])(
	'A note that is damaged (%p) is as good as none',
	(note) => {
		const seen = new Seen(note, NOW);
		seen.add('a', NOW);
		expect(seen.has('a', NOW)).toBe(true);
		expect(seen.has('b', NOW)).toBe(false);
	},
);

test('A note that is longer than it may be is cut', () => {
	const seen = new Seen(Buffer.alloc(1_000_000, 1).toString('base64'), NOW);
	expect(seen.toNote().length).toBeLessThanOrEqual(131_072);
});

test('The note that stands in static data is written as it is when they are saved, and copies hold nothing', () => {
	const seen = new Seen(undefined, NOW);
	seen.add('a', NOW);
	const staticData = { global: { clawbotSeen: new LiveNote(seen) } };
	const early = JSON.stringify(staticData);
	seen.add('b', NOW);
	const saved = JSON.parse(JSON.stringify(staticData)).global.clawbotSeen as unknown;
	expect(saved).toBe(seen.toNote());
	expect(JSON.stringify(staticData)).not.toBe(early);
	expect(structuredClone(staticData)).toEqual({ global: { clawbotSeen: {} } });
});

test('The note of another process is taken in, and makes nothing that is known live longer', () => {
	const [one, other] = [new Seen(undefined, NOW), new Seen(undefined, NOW)];
	one.add('a', NOW);
	other.add('a', NOW + 5 * HOUR);
	other.add('b', NOW + 5 * HOUR);
	one.merge(other.toNote(), NOW + 5 * HOUR);
	expect(['a', 'b', 'c'].map((key) => one.has(key, NOW + 8 * HOUR))).toEqual([true, true, false]);
	expect(['a', 'b'].map((key) => one.has(key, NOW + 10 * HOUR))).toEqual([false, true]);
	const before = one.toNote();
	one.merge(before, NOW + 6 * HOUR);
	expect(one.toNote()).toBe(before);
});
