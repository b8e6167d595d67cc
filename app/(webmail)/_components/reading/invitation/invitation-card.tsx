'use client';
// What an invitation is about, above the message's text, with the answer. Loads when a message has a calendar file.
import type { ReactNode } from 'react';
import { CalendarX2, MapPin, Repeat, UserRound, UsersRound } from 'lucide-react';
import { useLocale, useT } from '../../../../../components/i18n/i18n.tsx';
import { cx } from '../../../../../components/ui/cx.ts';
import type { Invitation, InvitationResponse } from '../../../../../server/web/contract/calendar.ts';
import { showToast } from '../../../_state/toasts.ts';
import { nameOf } from '../../list/participants.ts';
import { useAnswer, useInvitation } from './use-invitation.ts';
import { whenText } from './when.ts';

const RESPONSES: readonly InvitationResponse[] = ['accepted', 'tentative', 'declined'];
const SHOWN_ATTENDEES = 6;

/** `emailId`: a message with a calendar file. */
export function InvitationCard({ emailId }: { emailId: string }) {
  const t = useT();
  const query = useInvitation(emailId);
  if (query.isError) return <p className="mb-4 text-sm text-ink-3">{t('invite.unreadable')}</p>;
  if (!query.data) return <div aria-hidden className="mb-4 h-40 rounded-lg skeleton" />;
  return <Card emailId={emailId} invitation={query.data} />;
}

function Card({ emailId, invitation }: { emailId: string; invitation: Invitation }) {
  const t = useT();
  const when = whenText(invitation, useLocale());
  const over = invitation.cancelled;
  return (
    <section aria-label={t('invite.label')} className="mb-4 flex gap-4 rounded-lg border border-line bg-sunken p-4 max-sm:gap-3 max-sm:p-3">
      <div aria-hidden className={cx('flex h-17 w-14 shrink-0 flex-col overflow-hidden rounded-md border border-line bg-surface text-center', over && 'opacity-60')}>
        <span className="bg-accent py-0.5 text-xs font-medium text-on-accent uppercase">{when.month}</span>
        <span className="text-xl leading-7 font-semibold tnum">{when.day}</span>
        <span className="text-xs text-ink-3">{when.weekday}</span>
      </div>
      <div className="min-w-0 flex-1 space-y-2">
        <header>
          <Headline invitation={invitation} />
          <h3 dir="auto" className={cx('text-base font-semibold text-ink', over && 'line-through')}>
            {invitation.summary || t('invite.untitled')}
          </h3>
          <p className="text-sm text-ink-2 tnum">
            {when.range}
            {when.floating && ` (${t('invite.floating')})`}
          </p>
        </header>
        <Facts invitation={invitation} />
        {invitation.answerAs && <Answering emailId={emailId} invitation={invitation} answerAs={invitation.answerAs} />}
      </div>
    </section>
  );
}

/** What has happened, where it is more than an invitation. */
function Headline({ invitation }: { invitation: Invitation }) {
  const t = useT();
  if (invitation.cancelled) {
    return (
      <p className="flex items-center gap-1.5 text-sm font-medium text-danger">
        <CalendarX2 aria-hidden className="size-4" />
        {t('invite.cancelled')}
      </p>
    );
  }
  const [answering] = invitation.attendees;
  if (!answering || (invitation.method !== 'reply' && invitation.method !== 'counter')) return null;
  const name = nameOf(answering);
  const { status } = answering;
  const said = status === 'accepted' || status === 'tentative' || status === 'declined' ? t(`invite.reply.${status}`, { name }) : t('invite.reply.other', { name });
  return <p className="text-sm font-medium text-accent-strong">{invitation.method === 'counter' ? t('invite.update', { name }) : said}</p>;
}

function Fact({ icon, label, children }: { icon: ReactNode; label: string; children: ReactNode }) {
  return (
    <div className="flex gap-2">
      <dt className="mt-0.5 shrink-0 text-ink-3 [&>svg]:size-4">
        {icon}
        <span className="sr-only">{label}</span>
      </dt>
      <dd dir="auto" className="min-w-0 break-words">
        {children}
      </dd>
    </div>
  );
}

function Facts({ invitation }: { invitation: Invitation }) {
  const t = useT();
  const { location, organizer, repeats, attendees, attendeesOmitted } = invitation;
  const shown = invitation.method === 'reply' || invitation.method === 'counter' ? [] : attendees.slice(0, SHOWN_ATTENDEES);
  const more = attendees.length - shown.length + attendeesOmitted;
  return (
    <dl className="space-y-1 text-sm text-ink-2">
      {repeats && (
        <Fact icon={<Repeat aria-hidden />} label={t('invite.every.other')}>
          {repeats.every === 'other' ? t('invite.every.other') : t(`invite.every.${repeats.every}`, { n: repeats.interval })}
          {repeats.count !== null && ` · ${t('invite.times', { n: repeats.count })}`}
        </Fact>
      )}
      {location !== '' && (
        <Fact icon={<MapPin aria-hidden />} label={t('invite.where')}>
          {location}
        </Fact>
      )}
      {organizer && (
        <Fact icon={<UserRound aria-hidden />} label={t('invite.organizer')}>
          <bdi>{nameOf(organizer)}</bdi> {organizer.name !== '' && <bdi className="text-ink-3">{organizer.address}</bdi>}
        </Fact>
      )}
      {shown.length > 0 && (
        <Fact icon={<UsersRound aria-hidden />} label={t('invite.attendees')}>
          {shown.map((attendee, index) => (
            <span key={attendee.address} data-tip={t(`invite.status.${attendee.status}`)}>
              {index > 0 && ', '}
              <bdi className={cx(attendee.status === 'declined' && 'line-through')}>{nameOf(attendee)}</bdi>
              <span className="sr-only"> ({t(`invite.status.${attendee.status}`)})</span>
            </span>
          ))}
          {more > 0 && ` ${t('invite.more', { n: more })}`}
        </Fact>
      )}
    </dl>
  );
}

function Answering({ emailId, invitation, answerAs }: { emailId: string; invitation: Invitation; answerAs: string }) {
  const t = useT();
  const answer = useAnswer(emailId);
  const given = invitation.answered?.response ?? null;
  const send = (response: InvitationResponse) => {
    if (response === given) return;
    answer.mutate(response, {
      onSuccess: () => showToast({ text: t('invite.sent', { name: invitation.organizer ? nameOf(invitation.organizer) : '' }) }),
      onError: (error) => showToast({ tone: 'error', text: t('invite.failed', { message: error.message }) }),
    });
  };
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 pt-1">
      <div role="group" aria-label={t('invite.answer')} className="inline-flex overflow-hidden rounded-md border border-line-strong bg-surface">
        {RESPONSES.map((response) => (
          <button
            key={response}
            type="button"
            aria-pressed={given === response}
            disabled={answer.isPending}
            onClick={() => send(response)}
            className={cx(
              'focus-inset h-8 min-w-16 border-s border-line-strong px-4 text-sm font-medium transition-colors first:border-s-0 max-sm:h-10',
              given === response ? 'bg-accent text-on-accent' : 'text-ink-2 hover:bg-hover hover:text-ink',
            )}
          >
            {t(`invite.${response}`)}
          </button>
        ))}
      </div>
      <span className="text-xs text-ink-3">{t('invite.answerAs', { address: answerAs })}</span>
    </div>
  );
}
