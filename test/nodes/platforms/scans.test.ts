import {
	begin,
	isOpen,
	look,
	mayAsk,
	step,
	type OpenRegistration,
	type RegistrationFlow,
} from '../../../core/registration/flow';
import { registrationOf } from '../../../nodes/platforms/registrations';
import type { RegistrationCall } from '../../../nodes/shared/registration';
import { classifyNetwork } from '../../../protocol/errors';
import { permissions } from '../../../protocol/feishu/permissions';
import type { Platform } from '../../../protocol/message';
import type { RegistrationAnswer, RegistrationQuestion } from '../../../protocol/registration';
import { openIdOf } from '../../../sandbox/people';
import { http, useSandbox } from '../../sandbox/helpers';

/* A scan on the sandbox's strict platforms, from the code to what becomes of it. The platforms' clock is put forward. */

const { sandbox, control } = useSandbox();

/** Every address at the sandbox, as one sets it there. */
const settingsOf = (platform: Platform): Record<string, string> => {
	const at = (path: string) => `${sandbox.origin}/${path}`;
	return {
		dingtalk: {
			registrationUrl: at('dingtalk/oapi'),
			baseUrl: at('dingtalk/api'),
			oapiBaseUrl: at('dingtalk/oapi'),
		},
		feishu: {
			registrationUrl: at('feishu'),
			larkRegistrationUrl: at('lark'),
			baseUrl: at('feishu'),
			larkBaseUrl: at('lark'),
		},
		wecom: { registrationUrl: at('wecom'), websocketUrl: at('wecom') },
	}[platform];
};

const call: RegistrationCall = async ({ method, url, headers, body }) => {
	try {
		const { status, data } = await http.request({ method, url, headers, data: body });
		return { status, body: data };
	} catch (error) {
		return classifyNetwork((error as { code: string }).code);
	}
};

let offsetMs = 0;
beforeEach(() => (offsetMs = 0));
const now = () => sandbox.world.clock.now();
async function waitUntil(time: number): Promise<void> {
	offsetMs += Math.max(0, time - now());
	await control.put('/clock', { offsetMs });
}

/** A code on somebody's screen. */
class Screen {
	readonly answers: Array<RegistrationAnswer['status']> = [];
	readonly startedAt = now();
	values?: Record<string, string>;

	private constructor(
		private readonly platform: Platform,
		readonly address: string,
		private flow: RegistrationFlow,
	) {}

	static async show(platform: Platform, appId?: string): Promise<Screen> {
		const code = await registrationOf(platform).begin(call, settingsOf(platform), appId);
		return new Screen(platform, code.address, begin(code, now()));
	}

	/** What a person does with a phone over it, or the platform to it. */
	does = (deed: string, more: object = {}) =>
		control.post('/registrations', { address: this.address, does: deed, ...more });

	/** Asks as often as is said, or until the flow ends. */
	async wait(times = Infinity): Promise<RegistrationFlow> {
		for (let left = times; isOpen(this.flow) && left > 0; left--) {
			await waitUntil(this.flow.nextAskAt);
			if (!mayAsk(this.flow, now())) {
				this.flow = look(this.flow, now());
				continue;
			}
			const answer = await registrationOf(this.platform).ask(
				call,
				this.flow,
				settingsOf(this.platform),
			);
			this.answers.push(answer.status);
			if (answer.status === 'granted') this.values = answer.values;
			this.flow = step(this.flow, answer, now());
		}
		return this.flow;
	}

	question = (): RegistrationQuestion => this.flow as OpenRegistration;

	seconds = (): number => Math.round((now() - this.startedAt) / 1000);
}

const ids = { dingtalk: 'clientId', feishu: 'appId', wecom: 'botId' };
const secrets = { dingtalk: 'clientSecret', feishu: 'appSecret', wecom: 'secret' };

describe.each(['dingtalk', 'feishu', 'wecom'] as const)('On %s', (platform) => {
	it('a bot is there once somebody has confirmed it', async () => {
		const screen = await Screen.show(platform);
		await screen.wait(1);
		await screen.does('scan', { from: 'lisi' });
		await screen.wait(1);
		const { bot } = await screen.does('confirm');
		const person = platform === 'feishu' && { person: { id: openIdOf('lisi') } };
		expect(await screen.wait()).toEqual({
			ending: 'granted',
			endedAt: expect.any(Number),
			...person,
		});
		expect(screen.answers).toEqual(['waiting', 'waiting', 'granted']);
		const { [ids[platform]]: id, [secrets[platform]]: secret, ...addresses } = screen.values!;
		expect(id).toBe(bot.id);
		expect(sandbox.world.bots.withSecret(platform, id!, secret!)).toMatchObject({ id });
		expect(settingsOf(platform)).toMatchObject(addresses);
	});

	it('it is asked no sooner than the platform wishes', async () => {
		const screen = await Screen.show(platform);
		await screen.wait(5);
		expect(screen.answers).toEqual(Array(5).fill('waiting'));
		const earlyOnes = async () => {
			const { entries: asked } = (await control.get('/ledger?kind=registration')) as {
				entries: Array<{ note?: string }>;
			};
			expect(asked.length).toBeGreaterThanOrEqual(6);
			return asked.filter(({ note }) => note === 'early').length;
		};
		expect(await earlyOnes()).toBe(0);
		// The platform would have seen it.
		const hasty = await registrationOf(platform).ask(call, screen.question(), settingsOf(platform));
		expect((await earlyOnes()) === 1 || hasty.status === 'slowDown').toBe(true);
	});

	it('it is gone where the network is for two minutes, and not for less', async () => {
		const gone = { service: platform, kind: 'registration', cut: true };
		const screen = await Screen.show(platform);
		await control.post('/faults', { ...gone, times: 3 });
		await screen.wait(4);
		expect(screen.answers).toEqual([...Array(3).fill('unreachable'), 'waiting']);
		await control.post('/faults', { ...gone, times: 1000 });
		expect(await screen.wait()).toMatchObject({ ending: 'unreachable', reason: 'ECONNRESET' });
	});

	it('it expires', async () => {
		const screen = await Screen.show(platform);
		const lives = { dingtalk: 7200, feishu: 600, wecom: 300 }[platform];
		await screen.wait(3);
		await waitUntil(screen.startedAt + lives * 1000);
		expect(await screen.wait()).toHaveProperty('ending', 'expired');
		expect(screen.answers).toEqual(Array(3).fill('waiting'));
	});
});

test.each([
	['dingtalk', 'deny', { ending: 'failed', reason: '用户取消授权' }, 123],
	['feishu', 'deny', { ending: 'denied', reason: 'the user has denied the request' }, 5],
	['wecom', 'deny', { ending: 'expired' }, 300],
	['dingtalk', 'expire', { ending: 'expired' }, 123],
	['feishu', 'expire', { ending: 'expired', reason: 'the device code has expired' }, 5],
	['wecom', 'expire', { ending: 'expired' }, 300],
] as const)(
	'On %s, after %s, it ends as %j after %i seconds',
	async (platform, deed, end, seconds) => {
		const screen = await Screen.show(platform);
		await screen.does(deed);
		expect(await screen.wait()).toEqual({ ...end, endedAt: expect.any(Number) });
		expect(screen.seconds()).toBe(seconds);
	},
);

describe('On Feishu', () => {
	const names = (kind: string) =>
		permissions.filter((each) => each.kind === kind).map(({ name }) => name);

	it('the app may do what the nodes need, and no more', async () => {
		const screen = await Screen.show('feishu');
		const { bot } = await screen.does('confirm');
		expect(bot.grants).toEqual({
			scopes: { tenant: names('scope'), user: [] },
			events: { tenant: names('event'), user: [] },
			callbacks: names('callback'),
		});
	});

	it('it is asked more slowly where Feishu says so', async () => {
		const screen = await Screen.show('feishu');
		await screen.does('slowDown', { times: 2 });
		await screen.wait(4);
		expect(screen.answers).toEqual(['slowDown', 'slowDown', 'waiting', 'waiting']);
		expect(screen.seconds()).toBe(5 + 10 + 15 + 15);
	});

	it('a person of Lark’s gets a bot of Lark’s', async () => {
		const screen = await Screen.show('feishu');
		await screen.does('confirm', { brand: 'lark' });
		expect(await screen.wait()).toHaveProperty('ending', 'granted');
		expect(screen.answers).toEqual(['moved', 'granted']);
		expect(screen.values).toHaveProperty('baseUrl', `${sandbox.origin}/lark`);
	});

	it('nobody is sent to and fro between Feishu and Lark', async () => {
		const screen = await Screen.show('feishu');
		await screen.does('wrongBrand');
		await screen.does('confirm');
		expect(await screen.wait()).toHaveProperty('ending', 'expired');
		expect(screen.answers.filter((status) => status === 'moved')).toHaveLength(1);
	});

	it('an app that is there gets what it lacks, and another one is not taken for it', async () => {
		const first = await Screen.show('feishu');
		await first.does('confirm');
		await first.wait();
		const { appId } = first.values!;
		const again = await Screen.show('feishu', appId);
		const { offer } = await again.does('confirm');
		expect(offer.updates).toBe(appId);
		expect(await again.wait()).toHaveProperty('ending', 'granted');
		expect(again.values).toHaveProperty('appId', appId);
		const third = await Screen.show('feishu', appId);
		const forged = new URL(third.address);
		forged.searchParams.delete('clientID');
		await third.does('confirm', { address: forged.href });
		expect(await third.wait()).toHaveProperty('ending', 'wrongApp');
		expect(third.values).toBeUndefined();
	});
});
