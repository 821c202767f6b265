import { makeCredential, without } from '../../../scripts/connect/credential';
import type { Api } from '../../../scripts/system/api';
import { StepFailure } from '../../../scripts/machine/steps';

const secret = 'canary-"of\\the-test';
const values = { appId: 'cli_1', appSecret: secret, baseUrl: 'https://open.feishu.cn' };

/** Makes the credential with one answer of n8n after the other, and somebody who presses Enter each time. */
async function made(...answers: unknown[]) {
	const said: string[] = [];
	const terminal = { say: (text: string) => said.push(text), ask: async () => '' };
	const call = async () => {
		const answer = answers.shift();
		if (answer instanceof Error) throw answer;
		return answer;
	};
	const bot = { type: 'feishuAppApi', values, isHere: false };
	const credential = await makeCredential({ call } as unknown as Api, bot, terminal as never);
	return { credential, said: said.join('\n') };
}

const there = { id: 'cred1' };
const named = { id: 'cred1', name: 'ClawBot Feishu App cli_1' };

it.each([[undefined], [{}], [{ data: [] }], [{ id: null }], [{ message: '<html>' }]])(
	'n8n has no credential where it answers %j: the secret is kept',
	async (answer) => {
		const { credential, said } = await made(answer, there);
		expect(credential).toEqual(named);
		expect(said).toContain('✗ n8n has not taken the credential');
	},
);

it('says what to do about a refusal', async () => {
	const refusal = new StepFailure('n8n answered 403', 'Give the API key the scopes.');
	const { credential, said } = await made(refusal, there);
	expect(credential).toEqual(named);
	expect(said).toContain('Give the API key the scopes.');
});

describe('A text without what was granted', () => {
	it('has no secret as JSON writes it', () => {
		expect(without(`no: ${JSON.stringify(values)}`, values)).not.toMatch(/canary|of|the-test/);
	});

	it.each([4, 10, secret.length - 1, secret.length])(
		'has none that is cut after %i signs',
		(length) => {
			expect(without(`no: ${secret.slice(0, length)}`, values)).toBe('no: ***');
		},
	);
});
