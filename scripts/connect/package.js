'use strict';
const { StepFailure } = require('../machine/steps.js');

/** @typedef {import('../../index.js')} Package */
/** @typedef {Package['registration']} Registration */
/** @typedef {ReturnType<Registration['registrationOf']>} PlatformRegistration */
/** @typedef {PlatformRegistration['defaults']} RegistrationSettings */
/** @typedef {Parameters<PlatformRegistration['begin']>[0]} RegistrationCall */
/** @typedef {Awaited<ReturnType<PlatformRegistration['begin']>>} RegistrationCode */
/** @typedef {Awaited<ReturnType<PlatformRegistration['ask']>>} RegistrationAnswer */
/** @typedef {Parameters<Registration['problemWords']>[0]} RegistrationError */
/** @typedef {ReturnType<Registration['begin']>} OpenRegistration */
/** @typedef {Exclude<ReturnType<Registration['step']>, OpenRegistration>} EndedRegistration */
/** @typedef {ReturnType<Registration['endingWords']>} Bilingual */
/** @typedef {Parameters<Registration['bind']>[1]} BoundBot */
/** @typedef {BoundBot['credential']} CredentialReference */
/** @typedef {{ nodes: WorkflowNode[], bound: string[], enabled: string[], before?: CredentialReference }} Binding */
/** @import { WorkflowNode } from '../workflows/workflows.js' */

/**
 * The package itself: it connects bots here with the same code as in n8n.
 *
 * @returns {Package}
 */
function loadPackage() {
	try {
		return require('../../index.js');
	} catch {
		throw new StepFailure('the package is not built', 'Run npm install and npm run build first.');
	}
}

const loadRegistration = () => loadPackage().registration;

/**
 * Not `instanceof`: the class is the built package's.
 *
 * @param {unknown} error
 * @returns {error is RegistrationError}
 */
const isRegistrationError = (error) => error instanceof Error && error.name === 'RegistrationError';

module.exports = { isRegistrationError, loadPackage, loadRegistration };
