import { buildCredentials } from '../../../scripts/system/credentials';
import { paths } from '../../../scripts/machine/paths';
import { atAddress, atDefault } from '../../../scripts/workflows/addresses';
import { atOfficial, atSandbox, sandboxRegistrations } from '../../../scripts/workflows/simulated';
import { sandboxAccounts } from '../../../scripts/system/sandbox';
import { readWorkflows } from '../../../scripts/workflows/workflows';
import { DEFAULT_GROUPS, OPERATIONS_GROUP } from '../../../sandbox/people';
import type { Workflow } from '../../../scripts/workflows/workflows';

const N8N = 'http://127.0.0.1:6000';
const SANDBOX = 'http://127.0.0.1:5690';
const bundled = readWorkflows(paths.workflows).map(({ workflow }) => workflow);
const at = (variables: Record<string, string>): Workflow[] =>
	atSandbox(bundled, SANDBOX, buildCredentials(sandboxAccounts(SANDBOX), variables));

/** Hosts that bundled workflows would ask for the time. */
const asked = (workflows: object[]): string[] =>
	[...JSON.stringify(workflows).matchAll(/\\"url\\":\\"([^"\\]+)/g)].map(([, url]) => url!);

it('asks the sandbox for the time where its account is used, and a platform whose account is real', () => {
	expect(asked(bundled)).toEqual([
		'https://oapi.dingtalk.com/',
		'https://open.feishu.cn/',
		'https://qyapi.weixin.qq.com/',
	]);
	expect(asked(at({}))).toEqual(
		['dingtalk', 'feishu', 'wecom'].map((path) => `${SANDBOX}/${path}/`),
	);
	const real = {
		CLAWBOT_FEISHU_APP_ID: 'cli_1',
		CLAWBOT_FEISHU_APP_SECRET: 's',
		CLAWBOT_FEISHU_VERIFICATION_TOKEN: 't',
	};
	expect(asked(at(real))[1]).toBe('https://open.feishu.cn/');
	expect(asked(atSandbox(bundled, SANDBOX, []))).toEqual(asked(bundled));
});

/** The groups whose members may give commands, by the name of the workflow that checks it. */
const allowed = (workflows: Workflow[]): Record<string, unknown> =>
	Object.fromEntries(
		workflows.flatMap(({ name, nodes }) =>
			nodes
				.filter(({ parameters }) => 'operationsGroups' in parameters)
				.map(({ parameters }) => [name, parameters.operationsGroups.groups]),
		),
	);

it('lets the groups of simulated platforms give commands, and nobody else', () => {
	expect(allowed(bundled)).toEqual({});
	const groups = [
		{ platform: OPERATIONS_GROUP.platform, conversationId: OPERATIONS_GROUP.id },
		...Object.entries(DEFAULT_GROUPS).map(([platform, conversationId]) => ({
			platform,
			conversationId,
		})),
	];
	expect(Object.values(allowed(at({})))).toEqual([groups, groups]);
	const real = { CLAWBOT_DINGTALK_CLIENT_ID: 'x', CLAWBOT_DINGTALK_CLIENT_SECRET: 'y' };
	expect(Object.values(allowed(at(real)))[0]).toEqual(
		groups.filter(({ platform }) => platform !== 'dingtalk'),
	);
	expect(allowed(atSandbox(bundled, SANDBOX, []))).toEqual({});
});

it('keeps the groups that a person has added', () => {
	const gate = (workflow: Workflow) =>
		workflow.nodes.find(({ parameters }) => parameters.operationsGroups)!.parameters;
	const changed = at({}).find(({ id }) => id === 'clawbotCommands1')!;
	const own = { platform: 'feishu', conversationId: 'oc_own' };
	gate(changed).operationsGroups.groups.push(own);
	expect(gate(atOfficial(changed)).operationsGroups).toEqual({ groups: [own] });
});

it('lets people scan the sandbox’s codes where its account is used, and bots made there work in it', () => {
	const settings = (workflows: Workflow[]) =>
		workflows
			.find(({ id }) => id === 'clawbotConnect01')!
			.nodes.find(({ parameters }) => parameters.operation === 'page')!.parameters.settings;
	expect(settings(bundled)).toBeUndefined();
	const real = { CLAWBOT_DINGTALK_CLIENT_ID: 'x', CLAWBOT_DINGTALK_CLIENT_SECRET: 'y' };
	expect(Object.keys(settings(at(real))).some((name) => name.startsWith('dingtalk'))).toBe(false);
	expect(settings(at(real)).feishuRegistrationUrl).toBe(`${SANDBOX}/feishu`);
	// The addresses are those of the sandbox's own accounts.
	const accounts = sandboxAccounts(SANDBOX);
	const { dingtalk, feishu, wecom } = sandboxRegistrations(SANDBOX);
	expect(accounts.dingTalkAppApi).toMatchObject({
		baseUrl: dingtalk.baseUrl,
		oapiBaseUrl: dingtalk.oapiBaseUrl,
	});
	expect(accounts.feishuAppApi.baseUrl).toBe(feishu.baseUrl);
	expect(accounts.weComAiBotApi.websocketUrl).toBe(wecom.websocketUrl);
	expect(accounts.weComAppApi.baseUrl).toBe(wecom.registrationUrl);
});

it('keeps the addresses of codes that a person has entered', () => {
	const page = at({}).find(({ id }) => id === 'clawbotConnect01')!;
	const { parameters } = page.nodes.find(({ id }) => id === 'do')!;
	parameters.settings.feishuSource = 'own';
	const back = atOfficial(page).nodes.find(({ id }) => id === 'do')!;
	expect(back.parameters.settings).toEqual({ feishuSource: 'own' });
});

it('is undone where a workflow goes back into the bundle', () => {
	expect(at({}).map((workflow) => atOfficial(workflow))).toEqual(bundled);
});

it('gives the bundled workflows the address of the n8n that they are imported into', () => {
	const [before, after] = [bundled, atAddress(bundled, N8N)].map((list) => JSON.stringify(list));
	expect(before).toContain('"http://127.0.0.1:5678/api/v1/executions"');
	expect(after).toContain(`"${N8N}/api/v1/executions"`);
	expect(after).not.toContain('"http://127.0.0.1:5678');
	expect(atDefault(atAddress(bundled, N8N), N8N)).toEqual(bundled);
});

it('leaves the address to people where n8n runs on another machine', () => {
	expect(atAddress(bundled, 'https://n8n.example.com')).toEqual(bundled);
});
