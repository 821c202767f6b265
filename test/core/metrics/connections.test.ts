import { connectionSamples, type MeasuredConnection } from '../../../core/metrics/connections';
import { ConnectionFailure, unreachable } from '../../../core/connection/failure';

const MINUTE = 60_000;
const NOW = 100 * MINUTE;

const judge = (state: Partial<MeasuredConnection>) =>
	connectionSamples({ service: 'Feishu', app: 'cli_1', reconnects: 0, ...state }, NOW);
const away = (ms: number, failure?: ConnectionFailure) =>
	judge({ awaySince: NOW - ms, failure })[0]!;

it('says since when an app is connected, how often it came back, and when it last heard something', () => {
	const state = { connectedSince: NOW - MINUTE, reconnects: 3, lastMessageAt: NOW - 2500 };
	const common = { source: 'connection', target: 'Feishu cli_1', at: NOW };
	expect(judge(state)).toEqual([
		{ ...common, metric: 'connectionUp', value: 1 },
		{ ...common, metric: 'connectionReconnects', value: 3 },
		{ ...common, metric: 'connectionAgeSeconds', value: 60 },
		{ ...common, metric: 'connectionSilenceSeconds', value: 3 },
	]);
});

it('leaves out what is not known, and no clock makes it negative', () => {
	expect(judge({ connectedSince: NOW + MINUTE })).toMatchObject([
		{ value: 1 },
		{ value: 0 },
		{ metric: 'connectionAgeSeconds', value: 0 },
	]);
	expect(judge({ awaySince: NOW }).map(({ metric }) => metric)).toEqual([
		'connectionUp',
		'connectionReconnects',
	]);
});

it('waits two minutes for what comes back by itself, then says why, and what to do', () => {
	const failure = unreachable('Feishu: HTTP 502');
	expect(away(2 * MINUTE - 1, failure)).toMatchObject({ value: 1 });
	expect(away(2 * MINUTE - 1, failure)).not.toHaveProperty('error');
	expect(away(2 * MINUTE, failure)).toMatchObject({
		value: 0,
		error: `Feishu: HTTP 502. ${failure.cure}`,
	});
	expect(away(3 * MINUTE)).toMatchObject({ value: 0, error: expect.stringContaining('3 min') });
});

it.each(['badCredentials', 'tooMany', 'replaced'] as const)(
	'tells %s at once: a person must act',
	(failureClass) => {
		const failure = new ConnectionFailure(failureClass, 'It is so', 'Do this.');
		expect(away(0, failure)).toMatchObject({ value: 0, error: 'It is so. Do this.' });
	},
);
