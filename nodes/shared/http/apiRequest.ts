import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import type { Answer, Failure } from '../../../protocol/errors';
import type { TokenRules } from '../../../protocol/token';
import type { HttpRequest } from './fetched';
import type { Limit } from './limitLine';

/** The n8n contexts that requests are made from. */
export type Caller = IExecuteFunctions | ILoadOptionsFunctions | IWebhookFunctions | IHookFunctions;

/** One request of a node, and how its answer is read. */
export interface ApiRequest {
	/** As people know it, for messages: `DingTalk`. */
	service: string;
	/** The `timeout` is for the whole of it, in ms. */
	options: Omit<HttpRequest, 'signal'> & { timeout?: number };
	/** Undefined where the answer is a success. Platforms report errors inside HTTP 200. */
	classify(answer: Answer): Failure | undefined;
	/** Reads an answer that is no JSON. */
	readBody?(text: string): unknown;
	/** What a successful answer may still say against this request. */
	judge?(body: IDataObject): Failure | undefined;
	/** It carries an access token of the credential, which is fetched and renewed where needed. */
	token?: TokenRules;
	/** Its secrets are struck out of whatever the other side says. */
	credential: ICredentialDataDecryptedObject;
	itemIndex?: number;
	/** Carried out once however often it is sent: repeated where the outcome is unknown. */
	idempotent?: boolean;
	/** It changes nothing on the other side, as HTTP means it: a connection that broke costs a repetition, no more. */
	safe?: boolean;
	/** Others wait for it as well: it goes on when this execution is cancelled. */
	shared?: boolean;
	/** What it counts towards, every time that it is made. */
	limit?: Limit;
}
