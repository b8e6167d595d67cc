'use client';
// From (when there is a choice), To, Cc, Bcc and Subject.
import { useState } from 'react';
import { useT } from '../../../components/i18n/i18n.tsx';
import type { Identity } from '../../../server/web/contract/session.ts';
import type { ComposeModel } from './compose-model.ts';
import type { ComposeState } from './compose-state.ts';
import { RecipientField } from './recipient-field.tsx';

export interface AddressFieldsProps {
  model: ComposeModel;
  state: ComposeState;
  identities: readonly Identity[];
  signatureFor: (address: string) => string;
  showSubject: boolean;
  focusTo: boolean;
}

function FromField({ model, state, identities, signatureFor }: Pick<AddressFieldsProps, 'model' | 'state' | 'identities' | 'signatureFor'>) {
  const t = useT();
  const main = identities.find((identity) => identity.main) ?? identities[0];
  return (
    <label className="flex h-10.5 items-center gap-2 border-b border-line px-4 text-sm text-ink-3">
      <span className="w-8 shrink-0">{t('compose.from')}</span>
      <select value={state.from ?? main?.address} onChange={(event) => model.changeFrom(event.target.value, signatureFor(event.target.value))} className="h-8 min-w-0 flex-1 rounded-sm bg-transparent text-base text-ink">
        {identities.map((identity) => (
          <option key={identity.address} value={identity.address}>
            {identity.name ? `${identity.name} <${identity.address}>` : identity.address}
          </option>
        ))}
      </select>
    </label>
  );
}

function Reveal({ text, label, onClick }: { text: string; label: string; onClick: () => void }) {
  return (
    <button type="button" aria-label={label} onClick={onClick} className="rounded-xs px-1.5 py-1 text-sm text-ink-3 hover:bg-hover hover:text-ink">
      {text}
    </button>
  );
}

/** Cc and Bcc show once they are asked for or filled. */
export function AddressFields({ model, state, identities, signatureFor, showSubject, focusTo }: AddressFieldsProps) {
  const t = useT();
  const [asked, setAsked] = useState({ cc: false, bcc: false });
  const cc = asked.cc || state.cc.length > 0;
  const bcc = asked.bcc || state.bcc.length > 0;
  return (
    <div className="shrink-0">
      {identities.length > 1 && <FromField model={model} state={state} identities={identities} signatureFor={signatureFor} />}
      <RecipientField
        label={t('compose.to')}
        value={state.to}
        onChange={(to) => model.edit({ to })}
        error={state.faults.to}
        autoFocus={focusTo && state.to.length === 0}
        trailing={
          <span className="flex shrink-0">
            {!cc && <Reveal text={t('compose.cc')} label={t('compose.showCc')} onClick={() => setAsked((now) => ({ ...now, cc: true }))} />}
            {!bcc && <Reveal text={t('compose.bcc')} label={t('compose.showBcc')} onClick={() => setAsked((now) => ({ ...now, bcc: true }))} />}
          </span>
        }
      />
      {cc && <RecipientField label={t('compose.cc')} value={state.cc} onChange={(next) => model.edit({ cc: next })} error={state.faults.cc} autoFocus={asked.cc && state.cc.length === 0} />}
      {bcc && <RecipientField label={t('compose.bcc')} value={state.bcc} onChange={(next) => model.edit({ bcc: next })} error={state.faults.bcc} autoFocus={asked.bcc && state.bcc.length === 0} />}
      {showSubject && (
        <div className="border-b border-line px-4">
          <input
            aria-label={t('compose.subject')}
            placeholder={t('compose.subject')}
            aria-invalid={state.faults.subject ? true : undefined}
            value={state.subject}
            maxLength={2000}
            dir="auto"
            onChange={(event) => model.edit({ subject: event.target.value })}
            className="h-10.5 w-full bg-transparent text-base font-medium outline-none placeholder:font-normal"
          />
          {state.faults.subject && (
            <p role="alert" className="pb-1.5 text-xs text-danger">
              {state.faults.subject}
            </p>
          )}
        </div>
      )}
    </div>
  );
}
