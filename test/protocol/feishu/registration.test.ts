import { gunzipSync } from 'node:zlib';
import { permissions } from '../../../protocol/feishu/permissions';
import {
	encodeAddons,
	pollRequest,
	readBegun,
	readPolled,
	registrationDefaults as settings,
} from '../../../protocol/feishu/registration';
import { ok, readings } from '../registrations';

/* The rest is compared with Feishu's SDK in test/interop/feishuCodes.test.ts. */

const question = { deviceCode: 'd' };
const lark = { user_info: { tenant_brand: 'lark', open_id: 'ou_1' } };
const credentials = { client_id: 'cli_1', client_secret: 'S-1' };

test.each([
	[400, { error: 'authorization_pending' }, { status: 'waiting' }],
	[400, { error: 'slow_down' }, { status: 'slowDown' }],
	[
		400,
		{ error: 'access_denied', error_description: 'The user said no' },
		{ status: 'denied', reason: 'The user said no' },
	],
	[400, { error: 'expired_token' }, { status: 'expired', reason: 'expired_token' }],
	[400, { error: 'invalid_grant' }, { status: 'failed', reason: 'invalid_grant' }],
	[400, {}, { status: 'unreachable', reason: 'HTTP 400', mayPass: true }],
	[400, credentials, { status: 'unreachable', reason: 'HTTP 400', mayPass: true }],
	[200, { client_id: 'cli_1' }, { status: 'waiting' }],
	[400, { error: 'authorization_pending', ...lark }, { status: 'moved', to: 'lark' }],
	[200, lark, { status: 'moved', to: 'lark' }],
])('%i with %j is %j', (status, body, answer) => {
	expect(readPolled({ status, body }, settings, question)).toEqual(answer);
});

describe('A company of Lark', () => {
	const moved = { ...question, movedTo: 'lark' };

	it('is asked for at Lark’s own address, and no third one', () => {
		expect(pollRequest(settings, question).url).toMatch(/^https:\/\/accounts\.feishu\.cn\//);
		expect(pollRequest(settings, moved).url).toMatch(/^https:\/\/accounts\.larksuite\.com\//);
		expect(readPolled(ok(lark), settings, moved)).toEqual({ status: 'waiting' });
	});

	it('gets a credential of Lark’s API, and so does one that Feishu answers at once', () => {
		const person = { id: 'ou_1' };
		for (const asked of [question, moved]) {
			expect(readPolled(ok({ ...credentials, ...lark }), settings, asked)).toEqual({
				status: 'granted',
				values: { appId: 'cli_1', appSecret: 'S-1', baseUrl: 'https://open.larksuite.com' },
				person,
			});
		}
		expect(readPolled(ok(credentials), settings, moved)).toMatchObject({
			values: { baseUrl: 'https://open.larksuite.com' },
		});
	});
});

test('Another app than the one that is to be updated is no success', () => {
	const other = { ...question, appId: 'cli_2' };
	expect(readPolled(ok(credentials), settings, other)).toEqual({ status: 'wrongApp' });
	const same = { ...question, appId: 'cli_1' };
	expect(readPolled(ok(credentials), settings, same)).toMatchObject({ status: 'granted' });
});

test('A code is for a new app, or for the app that is named', () => {
	const { begun } = readings.feishu;
	const queryOf = (appId?: string) =>
		new URL(readBegun(ok(begun), settings, { addons: 'A', appId }).address).searchParams;
	expect(queryOf().get('createOnly')).toBe('true');
	expect(queryOf().has('clientID')).toBe(false);
	expect(queryOf('cli_1').get('clientID')).toBe('cli_1');
	expect(queryOf('cli_1').has('createOnly')).toBe(false);
	expect(() => readBegun(ok({ error: 'invalid_request' }), settings, { addons: 'A' })).toThrow(
		'No code to scan: refused (invalid_request)',
	);
});

test('Addons hold the permissions, and nothing of Feishu’s template', async () => {
	const zipped = Buffer.from(await encodeAddons(permissions), 'base64url');
	expect(JSON.parse(gunzipSync(zipped).toString())).toEqual({
		preset: false,
		scopes: {
			tenant: ['im:message', 'im:message.p2p_msg:readonly', 'im:message.group_at_msg:readonly'],
		},
		events: { items: { tenant: ['im.message.receive_v1'] } },
		callbacks: { items: ['card.action.trigger'] },
	});
});
