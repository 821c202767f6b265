import { openIdOf } from '../../sandbox/people';
import { until, useSandbox } from '../sandbox/helpers';
import { endFeishuClients, startFeishuClient } from '../sandbox/stream/feishuSdk';
import { lark, silent, type LarkRegistered, type LarkRegistration } from './larkSdk';

/* The sandbox's registration of apps by a scan, judged by Feishu's own client. */

const { sandbox, control } = useSandbox();

// The client knows https only.
lark.defaultHttpInstance.interceptors.request.use((config) => {
	const { host } = new URL(sandbox.origin);
	return { ...config, url: config.url?.replace(`https://${host}`, sandbox.origin) };
});

beforeEach(async () => {
	await control.put('/registration-settings', { feishu: { intervalMs: 20 } });
});
afterEach(() => endFeishuClients());

const ADDONS = {
	preset: false,
	scopes: { tenant: ['im:message', 'im:message.p2p_msg:readonly'] },
	events: { items: { tenant: ['im.message.receive_v1'] } },
	callbacks: { items: ['card.action.trigger'] },
};

interface Registering {
	/** What the QR code holds. */
	url: string;
	statuses: string[];
	/** What became of it, be it an error. */
	ended: Promise<LarkRegistered | { code: string }>;
	abort(): void;
}

async function register(more: Partial<LarkRegistration> = {}): Promise<Registering> {
	const { host } = new URL(sandbox.origin);
	const abort = new AbortController();
	const statuses: string[] = [];
	let url = '';
	const ended = lark
		.registerApp({
			domain: `${host}/feishu`,
			larkDomain: `${host}/lark`,
			signal: abort.signal,
			onQRCodeReady: (code) => (url = code.url),
			onStatusChange: ({ status }) => statuses.push(status),
			...more,
		})
		.catch((error) => error);
	await until(() => url);
	return { url, statuses, ended, abort: () => abort.abort() };
}

const phone = (address: string, does: string, more: object = {}) =>
	control.post('/registrations', { address, does, ...more });

it('a person confirms, and the app is there', async () => {
	const { url, ended, statuses } = await register({ source: 'judge' });
	await until(() => statuses.includes('polling'));
	await phone(url, 'confirm', { from: 'lisi' });
	const app = (await ended) as LarkRegistered;
	expect(app).toEqual({
		client_id: expect.stringMatching(/^cli_/),
		client_secret: expect.any(String),
		user_info: { open_id: openIdOf('lisi'), tenant_brand: 'feishu' },
	});
	const { failures } = await startFeishuClient(sandbox, {
		appId: app.client_id,
		appSecret: app.client_secret,
	});
	expect(failures).toEqual([]);
});

it('a person denies', async () => {
	const { url, ended } = await register();
	await phone(url, 'deny');
	expect(await ended).toMatchObject({ code: 'access_denied' });
});

it('the code expires', async () => {
	const { url, ended } = await register();
	await phone(url, 'expire');
	expect(await ended).toMatchObject({ code: 'expired_token' });
});

it('the server wishes to be asked less often', async () => {
	const { url, ended, statuses, abort } = await register();
	await phone(url, 'slowDown');
	await until(() => statuses.includes('slow_down'));
	abort();
	expect(await ended).toMatchObject({ code: 'abort' });
	const [{ intervalMs }] = (await control.get('/registrations')).registrations;
	expect(intervalMs).toBe(5020);
});

it('the client keeps to the interval and is never told to slow down', async () => {
	const { statuses, ended, abort } = await register();
	await until(() => statuses.length >= 3);
	expect(new Set(statuses)).toEqual(new Set(['polling']));
	abort();
	expect(await ended).toMatchObject({ code: 'abort' });
});

it('a person of Lark confirms: the other host has the credentials, and the app is at home there', async () => {
	const { url, ended, statuses } = await register();
	await phone(url, 'confirm', { brand: 'lark' });
	const app = (await ended) as LarkRegistered;
	expect(statuses).toContain('domain_switched');
	expect(app.user_info).toMatchObject({ tenant_brand: 'lark' });
	const account = { appId: app.client_id, appSecret: app.client_secret };
	const elsewhere = await startFeishuClient(sandbox, account);
	expect(elsewhere.failures).not.toEqual([]);
	const { failures } = await startFeishuClient(sandbox, { ...account, host: 'lark' });
	expect(failures).toEqual([]);
	const client = new lark.Client({ ...account, domain: `${sandbox.origin}/lark`, ...silent });
	expect(await client.im.chat.list()).toMatchObject({ code: 0 });
});

it('sent from host to host, the client goes once and waits in vain', async () => {
	const { url, ended, statuses, abort } = await register();
	await phone(url, 'wrongBrand');
	await phone(url, 'confirm', { brand: 'lark' });
	await until(() => statuses.includes('domain_switched'));
	const asked = async () => (await control.get('/registrations')).registrations[0].asked;
	const before = await asked();
	await until(async () => (await asked()) > before + 2);
	abort();
	expect(await ended).toMatchObject({ code: 'abort' });
	expect(statuses.filter((status) => status === 'domain_switched')).toHaveLength(1);
});

it('the app has what the addons ask for, and nothing else', async () => {
	const appPreset = { name: '{user}’s bot', desc: 'answers', avatar: 'https://example.com/a.png' };
	const { url, ended } = await register({ addons: ADDONS, appPreset });
	const { offer } = await phone(url, 'scan', { from: 'lisi' });
	const grants = {
		scopes: { tenant: ADDONS.scopes.tenant, user: [] },
		events: { tenant: ['im.message.receive_v1'], user: [] },
		callbacks: ['card.action.trigger'],
	};
	expect(offer).toEqual({ name: '李四’s bot', description: 'answers', grants });
	await phone(url, 'confirm');
	const { client_id: id } = (await ended) as LarkRegistered;
	expect(sandbox.world.bots.find('feishu', id)).toMatchObject({ name: '李四’s bot', grants });
});

it('an app that exists is updated: it keeps its secret and gets what it lacked', async () => {
	const first = await register({ addons: ADDONS });
	await phone(first.url, 'confirm');
	const app = (await first.ended) as LarkRegistered;
	const more = { scopes: { tenant: ['im:chat:readonly'] } };
	const second = await register({ addons: more, appId: app.client_id });
	const { offer } = await phone(second.url, 'scan');
	expect(offer.updates).toBe(app.client_id);
	await phone(second.url, 'confirm');
	expect(await second.ended).toMatchObject({
		client_id: app.client_id,
		client_secret: app.client_secret,
	});
	expect(sandbox.world.bots.find('feishu', app.client_id)!.grants!.scopes.tenant).toEqual([
		...ADDONS.scopes.tenant,
		'im:chat:readonly',
	]);
});

it('createOnly comes before an app that exists; one that does not is a mistake', async () => {
	const { appId } = sandbox.world.accounts.feishuAppApi;
	const { url, ended } = await register({ appId, createOnly: true });
	await phone(url, 'confirm');
	expect(((await ended) as LarkRegistered).client_id).not.toBe(appId);
	const unknown = await register({ appId: 'cli_nobody' });
	await expect(phone(unknown.url, 'scan')).rejects.toThrow('no app cli_nobody to update');
	unknown.abort();
});

it('a person chooses another app than the one that is named, unless a new one alone is asked for', async () => {
	const { appId } = sandbox.world.accounts.feishuAppApi;
	const chosen = await register();
	await phone(chosen.url, 'confirm', { choose: appId });
	expect(await chosen.ended).toMatchObject({ client_id: appId });
	const made = await register({ appId });
	await phone(made.url, 'confirm', { choose: 'new' });
	expect(((await made.ended) as LarkRegistered).client_id).not.toBe(appId);
	const { url, abort } = await register({ createOnly: true });
	await expect(phone(url, 'confirm', { choose: appId })).rejects.toThrow('cannot be chosen');
	abort();
});

it.each([
	['no base64url', 'a+b='],
	['no gzip', 'eyJhIjoxfQ'],
	['too long', 'a'.repeat(5000)],
])('addons that are none are a mistake at the phone: %s', async (_what, addons) => {
	const { url, abort } = await register();
	const spoilt = new URL(url);
	spoilt.searchParams.set('addons', addons);
	await expect(phone(spoilt.href, 'scan')).rejects.toThrow('addons: ');
	abort();
});
