import { notGranted } from '../../../protocol/feishu/granted';

const row = (scope_name: string, grant_status: unknown, scope_type?: string) => ({
	scope_name,
	grant_status,
	...(scope_type && { scope_type }),
});
const missingOf = (scopes: unknown) =>
	notGranted({ code: 0, data: { scopes } }).map(({ name }) => name);

const [SEND, ALONE, GROUP] = [
	'im:message',
	'im:message.p2p_msg:readonly',
	'im:message.group_at_msg:readonly',
] as const;

describe('The permissions that a Feishu app lacks', () => {
	it.each([
		['all are granted', [row(SEND, 1), row(ALONE, 1), row(GROUP, 1, 'tenant')], []],
		['one waits for an administrator', [row(SEND, 2), row(ALONE, 1), row(GROUP, 1)], [SEND]],
		['one was never asked for', [row(SEND, 1), row(GROUP, 1)], [ALONE]],
		['one is people’s own', [row(SEND, 1, 'user'), row(ALONE, 1), row(GROUP, 1)], [SEND]],
		['the app has none at all', [], [SEND, ALONE, GROUP]],
	])('are known where %s', (_, scopes, missing) => {
		expect(missingOf(scopes)).toEqual(missing);
	});

	it.each([
		[undefined],
		[null],
		['im:message'],
		[{ 0: row(SEND, 1) }],
		[[row(SEND, '1')]],
		[[row(SEND, 1), null]],
		[[row(SEND, 1), { scope: ALONE }]],
	])('are not guessed from %j', (scopes) => {
		expect(missingOf(scopes)).toEqual([]);
	});

	it.each([[undefined], [null], ['<html>'], [[]], [{ data: null }]])(
		'are not guessed from a body %j',
		(body) => expect(notGranted(body)).toEqual([]),
	);
});
