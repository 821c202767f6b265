import { heartbeatSamples, readHeartbeat } from '../../../core/metrics/heartbeats';

const MINUTE = 60_000;
const NOW = 100 * MINUTE;

const judge = (row: object) => heartbeatSamples(readHeartbeat(row), NOW);

it('says how long the last answer took', () => {
	const row = { name: 'bot', sentAtMs: NOW - 1000, answeredAtMs: NOW - 61_000, answerMs: 812 };
	expect(judge(row)).toMatchObject([
		{ source: 'heartbeat', target: 'bot', metric: 'syntheticMs', value: 812 },
		{ metric: 'up', value: 1 },
	]);
});

it('waits three minutes before it calls the bot down', () => {
	const silent = (ms: number) => judge({ sentAtMs: NOW - 1000, answeredAtMs: NOW - ms });
	expect(silent(3 * MINUTE - 1)[1]).toMatchObject({ value: 1 });
	expect(silent(3 * MINUTE)).toMatchObject([
		{ metric: 'syntheticMs', value: null, error: expect.stringContaining('3 min') },
		{ metric: 'up', value: 0 },
	]);
});

it('repeats why it could not be sent', () => {
	const row = { sentAtMs: NOW - 1000, answeredAtMs: NOW - 10 * MINUTE, error: 'HTTP 404' };
	expect(judge(row)[1]!.error).toContain('HTTP 404');
});

it('tells a heartbeat that does not beat from a bot that does not answer', () => {
	const row = { sentAtMs: NOW - 5 * MINUTE, answeredAtMs: NOW - 5 * MINUTE };
	expect(judge(row)[1]).toMatchObject({ value: 0, error: expect.stringContaining('published') });
});

it('says nothing before the first one was sent', () => {
	expect(judge({ name: 'bot', enabled: true })).toEqual([]);
	expect(judge({ sentAtMs: NOW })).toMatchObject([{ value: null }, { value: 0 }]);
});
