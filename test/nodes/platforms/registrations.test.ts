import type { ICredentialType } from 'n8n-workflow';
import {
	begin,
	isOpen,
	mayAsk,
	step,
	type RegistrationFlow,
} from '../../../core/registration/flow';
import { DingTalkAppApi } from '../../../credentials/DingTalkAppApi.credentials';
import { FeishuAppApi } from '../../../credentials/FeishuAppApi.credentials';
import { WeComAiBotApi } from '../../../credentials/WeComAiBotApi.credentials';
import { adapterOf } from '../../../nodes/platforms/registry';
import { registrationOf } from '../../../nodes/platforms/registrations';
import type { RegistrationCall } from '../../../nodes/shared/registration';
import { classifyNetwork } from '../../../protocol/errors';
import { platformNames } from '../../../protocol/platforms';
import {
	RegistrationError,
	type RegistrationRequest,
	type RegistrationResponse,
} from '../../../protocol/registration';
import { readings } from '../../protocol/registrations';

const credentialTypes: ICredentialType[] = [
	new DingTalkAppApi(),
	new FeishuAppApi(),
	new WeComAiBotApi(),
];

/** A platform that answers by the ends of addresses and bodies; it keeps what it was asked. */
function platformThat(answers: Array<[asked: RegExp, ...bodies: unknown[]]>) {
	const asked: RegistrationRequest[] = [];
	const call: RegistrationCall = async (request) => {
		asked.push(request);
		const found = answers.find(([pattern]) => pattern.test(`${request.url} ${request.body ?? ''}`));
		const body = found!.length > 2 ? found!.splice(1, 1)[0] : found![1];
		return { status: 200, body };
	};
	return { asked, call };
}

const waiting: Record<string, unknown> = {
	dingtalk: { errcode: 0, status: 'WAITING' },
	feishu: { error: 'authorization_pending' },
	wecom: { data: { status: 'wait' } },
};

const soundPlatform = (name: keyof typeof readings) =>
	platformThat([
		[/\/init /, { errcode: 0, nonce: 'nonce-1' }],
		[/poll|query_result/, waiting[name], waiting[name], readings[name].granted],
		[/begin|generate/, readings[name].begun],
	]);

describe.each(platformNames)('A registration of %s', (name) => {
	const registration = registrationOf(name);

	it('goes from a code to a credential', async () => {
		const { call, asked } = soundPlatform(name);
		let flow: RegistrationFlow = begin(await registration.begin(call), 0);
		let values: Record<string, string> | undefined;
		while (isOpen(flow)) {
			const now = flow.nextAskAt;
			if (!mayAsk(flow, now)) break;
			const answer = await registration.ask(call, flow);
			if (answer.status === 'granted') ({ values } = answer);
			flow = step(flow, answer, now);
		}
		expect(flow).toMatchObject({ ending: 'granted' });
		expect(values).toEqual(readings[name].values);
		expect(
			asked.filter(({ url, body }) => /poll|query_result/.test(`${url} ${body}`)),
		).toHaveLength(3);
		const { registrationUrl } = registration.defaults;
		expect(asked.every(({ url }) => url.startsWith(registrationUrl!))).toBe(true);
	});

	it('fills in all that its credential type requires, and nothing else', () => {
		const { credential, platform } = registration;
		expect(platform).toBe(name);
		const used = Object.values(adapterOf(name).credentials).map((type) => type.name);
		expect(used).toContain(credential);
		const type = credentialTypes.find((each) => each.name === credential)!;
		const fields = type.properties.map((field) => field.name);
		const given = Object.keys(readings[name].values);
		expect(fields).toEqual(expect.arrayContaining(given));
		const required = type.properties.filter((field) => field.required).map((field) => field.name);
		expect(given).toEqual(expect.arrayContaining(required));
	});

	it('has the addresses of its credential type for defaults', () => {
		const type = credentialTypes.find((each) => each.name === registration.credential)!;
		const shared = type.properties.filter(({ name: field }) => field in registration.defaults);
		expect(shared.map(({ name: field }) => field).join()).toMatch(/baseUrl|websocketUrl/);
		for (const field of shared) {
			expect([field.name, registration.defaults[field.name]]).toEqual([field.name, field.default]);
		}
	});

	it('asks at the addresses of the settings, and gives them to the credential', async () => {
		const { call, asked } = soundPlatform(name);
		const local = 'http://127.0.0.1:9000';
		const names = Object.keys(registration.defaults).filter((field) => /Url$/.test(field));
		const settings = Object.fromEntries(names.map((field) => [field, `${local}/${field}`]));
		const code = await registration.begin(call, settings);
		let answer = await registration.ask(call, code, settings);
		while (answer.status === 'waiting') answer = await registration.ask(call, code, settings);
		expect(asked.every(({ url }) => url.startsWith(`${local}/registrationUrl/`))).toBe(true);
		const values = Object.entries('values' in answer ? answer.values : {});
		const addresses = values.filter(([field]) => /Url$/.test(field));
		expect(addresses.length).toBeGreaterThan(0);
		for (const [field, value] of addresses) expect(value).toBe(`${local}/${field}`);
	});

	it('says that there is no network, and goes on asking', async () => {
		const call = async () => classifyNetwork('ECONNREFUSED');
		await expect(registration.begin(call)).rejects.toEqual(
			new RegistrationError('unreachable', 'ECONNREFUSED'),
		);
		expect(await registration.ask(call, { deviceCode: 'd' })).toEqual({
			status: 'unreachable',
			reason: 'ECONNREFUSED',
			mayPass: true,
		});
	});
});

test('A company of Lark is asked for at Lark’s address', async () => {
	const { call, asked } = platformThat([
		[/larksuite/, readings.feishu.granted],
		[/poll/, { user_info: { tenant_brand: 'lark' } }],
		[/begin/, readings.feishu.begun],
	]);
	const { begin: beginFeishu, ask } = registrationOf('feishu');
	const flow = begin(await beginFeishu(call), 0);
	const moved = step(flow, await ask(call, flow), 5000);
	const answer = isOpen(moved) ? await ask(call, moved) : undefined;
	expect(answer).toMatchObject({ values: { baseUrl: 'https://open.larksuite.com' } });
	expect(asked.map(({ url }) => new URL(url).host)).toEqual([
		'accounts.feishu.cn',
		'accounts.feishu.cn',
		'accounts.larksuite.com',
	]);
});

test('An app that is there is updated where the platform can do that', async () => {
	expect(platformNames.filter((name) => registrationOf(name).updatesApps)).toEqual(['feishu']);
	const { call } = soundPlatform('feishu');
	const { begin: beginFeishu, ask } = registrationOf('feishu');
	const code = await beginFeishu(call, {}, 'cli_other');
	expect(new URL(code.address).searchParams.get('clientID')).toBe('cli_other');
	const flow = begin(code, 0);
	const last: RegistrationResponse = { status: 200, body: readings.feishu.granted };
	expect(await ask(async () => last, flow)).toEqual({ status: 'wrongApp' });
});
