import type { ICredentialTestFunctions } from 'n8n-workflow';
import { chat } from '../../../../nodes/shared/model/chat';
import { testModel } from '../../../../nodes/shared/model/credentialTest';

/* What signs a question is broken. */

jest.mock('../../../../protocol/model/auth', () => ({
	authorization: () => {
		throw new TypeError('x is not a function');
	},
}));

const data = { provider: 'deepseek', apiKey: 'k' };

it('A defect is not told as something to fill in: not by a question', async () => {
	const ctx = { getNode: () => ({ name: 'Model API' }) } as never;
	const asked = chat({ ctx, credential: data, itemIndex: 0, timeoutMs: 1 } as never, {} as never);
	await expect(asked).rejects.toBeInstanceOf(TypeError);
});

it('nor by the test of the credential', async () => {
	const tested = testModel.call({} as ICredentialTestFunctions, { data } as never);
	await expect(tested).rejects.toBeInstanceOf(TypeError);
});
