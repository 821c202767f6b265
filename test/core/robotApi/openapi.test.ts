import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCOPES } from '../../../core/accessTokens/apiKeys';
import { openApi } from '../../../core/robotApi/openapi';
import { readWorkflows } from '../../../scripts/workflows/workflows';

const root = join(__dirname, '../../..');

interface Node {
	type: string;
	parameters: { path?: string; httpMethod?: string };
}

it('The document in docs/ is the one that is served', () => {
	const file = join(root, 'docs/operations/robot-api.openapi.json');
	expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(openApi);
});

it('It describes the addresses of the workflows, and no others', () => {
	const nodes = readWorkflows(join(root, 'workflows')).flatMap(
		({ workflow }) => (workflow as { nodes: Node[] }).nodes,
	);
	const served = nodes
		.filter(({ parameters }) => parameters.path?.startsWith('clawbot/v1/'))
		.map(({ parameters }) => {
			const { path = '', httpMethod = '' } = parameters;
			return `${httpMethod} ${path.replace('clawbot/v1', '')}`;
		});
	const described = Object.entries(openApi.paths).flatMap(([path, methods]) =>
		Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
	);
	expect([...described, 'GET /openapi.json'].sort()).toEqual(served.sort());
});

it('It names every scope, and refers only to what it has', () => {
	const text = JSON.stringify(openApi);
	for (const scope of SCOPES) expect(text).toMatch(new RegExp(`"bearer":\\[[^\\]]*"${scope}"`));
	for (const [, path] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
		const found = path!
			.split('/')
			.reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], openApi);
		expect(found).toBeDefined();
	}
});
