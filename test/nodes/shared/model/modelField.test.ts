import { modelProperties } from '../../../../nodes/shared/model/fields';
import { searchModels } from '../../../../nodes/shared/model/model';
import { providers } from '../../../../protocol/model/providers';
import { startServer } from '../../server';

const [field] = modelProperties;

it('An empty Model says which one will be used, for every provider', () => {
	expect(field!.modes![0]!.placeholder).toBe('The recommended model');
	for (const { defaultModel } of providers) expect(field!.hint).toContain(defaultModel);
	expect(field!.hint).toContain('Any other server: the first that it lists');
});

it('The list of models begins with the recommended one', async () => {
	const data = ['deepseek-reasoner', 'a-model', 'deepseek-chat'].map((id) => ({ id }));
	const server = await startServer(() => ({ body: { data } }));
	const named = async (provider: string) => {
		const context = {
			getCredentials: async () => ({ provider, baseUrl: server.origin, apiKey: 'k' }),
			getNode: () => ({ name: 'x', type: 'x', typeVersion: 1, parameters: {} }),
			helpers: {
				httpRequest: async ({ url }: { url: string }) => {
					const response = await fetch(url);
					return { statusCode: response.status, headers: {}, body: response.body };
				},
			},
		};
		const { results } = await searchModels.call(context as never);
		return results.map(({ name, value }) => [name, value]);
	};
	try {
		expect(await named('deepseek')).toEqual([
			['deepseek-chat (recommended)', 'deepseek-chat'],
			['a-model', 'a-model'],
			['deepseek-reasoner', 'deepseek-reasoner'],
		]);
		expect((await named('custom')).map(([name]) => name)).toEqual([
			'a-model',
			'deepseek-chat',
			'deepseek-reasoner',
		]);
	} finally {
		await server.close();
	}
});
