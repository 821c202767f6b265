import type { IWebhookFunctions } from 'n8n-workflow';
import { knownBotId, learnBotIdIn } from '../../../../nodes/Feishu/receive/bot';
import { logged, logger } from '../../../harness';

/* What is said where nobody knows who a bot is. */

const asking = (error: Error): IWebhookFunctions =>
	({
		getNode: () => ({ name: 'Feishu Trigger' }),
		getWorkflow: () => ({ id: 'w' }),
		logger,
		helpers: { httpRequest: async () => await Promise.reject(error) },
	}) as never;

let count = 0;
async function lookUp(error: Error): Promise<string[]> {
	logged.length = 0;
	const app = { appId: `cli_${count++}`, appSecret: 's', baseUrl: 'https://open.feishu.cn' };
	await learnBotIdIn(asking(error), app);
	expect(knownBotId(app)).toBeUndefined();
	return logged;
}

it('A bot whose id Feishu does not tell is a warning', async () => {
	const lines = await lookUp(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }));
	expect(lines).toEqual([
		expect.stringMatching(/^warn Feishu Trigger: the bot’s own id could not be looked up/),
	]);
});

it('A defect is not told as a look-up that failed: it is an error with its stack', async () => {
	const lines = await lookUp(new TypeError('x is not a function'));
	expect(lines).toEqual([
		expect.stringMatching(/^error Feishu Trigger: .*TypeError: x is not a function\n +at /s),
	]);
});
