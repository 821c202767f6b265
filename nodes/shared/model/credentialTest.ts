import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { throwDefect } from '../../../core/common/defects';
import type { Answer, Failure } from '../../../protocol/errors';
import { authorization } from '../../../protocol/model/auth';
import { classify } from '../../../protocol/model/errors';
import { baseUrlOf } from '../../../protocol/model/providers';
import { urlBelow } from '../../../protocol/pasted';
import { addressFault, credentialTest } from '../http/credentialTest';
import { fetchJson } from '../http/fetchJson';

/** The list of models proves address and key; where a provider has none, a question without content does. */
export const testModel = credentialTest(async (data) => {
	const called = callerOf(data);
	if ('fault' in called) return called.fault;
	const { base, headers } = called;
	const listed = await fetchJson({ method: 'GET', url: urlBelow(base, '/models'), headers });
	const fault = faultIn(listed);
	if (!fault || !('status' in listed) || ![404, 405].includes(listed.status)) return fault;
	const url = urlBelow(base, '/chat/completions');
	const asked = await fetchJson({ method: 'POST', url, headers });
	return 'status' in asked && [400, 422].includes(asked.status) ? undefined : faultIn(asked);
}, 'The provider accepts the key');

function callerOf(
	data: ICredentialDataDecryptedObject,
): { base: string; headers: Record<string, string> } | { fault: string } {
	try {
		const base = baseUrlOf(String(data.provider), String(data.baseUrl ?? ''));
		if (!URL.canParse(base)) return { fault: 'Base URL is no address: it begins with https://' };
		return { base, headers: authorization(data, Date.now()) };
	} catch (error) {
		throwDefect(error);
		return { fault: (error as Error).message };
	}
}

function faultIn(answer: Answer | Failure): string | undefined {
	if ('class' in answer) return addressFault(answer);
	const refusal = classify(answer);
	if (!refusal) return undefined;
	const said = `(${[refusal.code, refusal.message].filter(Boolean).join(': ').slice(0, 200)})`;
	if (refusal.class === 'badCredentials') {
		return `API Key is not accepted: copy it again from the provider’s console, and check that Provider or Base URL is theirs ${said}`;
	}
	if (refusal.class === 'unclassified' || answer.status === 404) {
		return `Base URL: this is no model API. It stands in front of /chat/completions and often ends in /v1 ${said}`;
	}
	return `${refusal.cure} ${said}`;
}
