import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { asFields } from '../../protocol/fields';
import { pastedKey, pastedUrl, urlBelow } from '../../protocol/pasted';
import { addressFault, credentialTest, emptyField, wrongUrl } from '../shared/http/credentialTest';
import { fetchJson } from '../shared/http/fetchJson';
import { DISCOVER, missingScopes } from './n8nApi';

const FIELDS = { key: ['apiKey', 'API Key'], url: ['baseUrl', 'Base URL'] } as const;

async function faultOf(data: ICredentialDataDecryptedObject): Promise<string | undefined> {
	const wrong = emptyField(data, [FIELDS.key]) ?? wrongUrl(data, [FIELDS.url]);
	if (wrong) return wrong;
	const answer = await fetchJson({
		method: 'GET',
		url: urlBelow(pastedUrl(data.baseUrl), DISCOVER),
		headers: { 'x-n8n-api-key': pastedKey(data.apiKey) },
	});
	if ('class' in answer) return addressFault(answer);
	if (answer.status === 401) return 'API Key is not accepted: make one under Settings → n8n API';
	if (answer.status !== 200) return `Base URL: this is not n8n’s API (HTTP ${answer.status})`;
	const missing = missingScopes(asFields(answer.body));
	return missing.length > 0 ? `API Key lacks scopes: ${missing.join(', ')}` : undefined;
}

export const testInstance = credentialTest(faultOf, 'The key may connect bots');
