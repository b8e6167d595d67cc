// Who writes to Alice. All of them, and their domains, are invented; the domains end in .example or .test.

export interface Person {
  name: string;
  address: string;
}

const person = (name: string, address: string): Person => ({ name, address });

export const PEOPLE = {
  alice: person('Alice Hale', 'alice@eider.test'),
  bob: person('Bob Okafor', 'bob@eider.test'),
  priya: person('Priya Raman', 'priya@saltmarsh.example'),
  tomas: person('Tomás Rivera', 'tomas@saltmarsh.example'),
  mei: person('Mei Tanaka', 'mei@saltmarsh.example'),
  jana: person('Jana Dvořáková', 'jana@dvorakova-kresby.example'),
  ulrike: person('Ulrike Brandt', 'u.brandt@nordlicht-druck.example'),
  sato: person('佐藤 健一', 'sato@hokkai-shobo.example'),
  lin: person('林海燕', 'lin@haizhi-paper.example'),
  layla: person('ليلى حداد', 'layla@haddad-translations.example'),
  noa: person('נעה לוי', 'noa@maritime-museum.example'),
  amelie: person('Amélie Fournier', 'amelie@librairie-du-port.example'),
  nora: person('Nora Hale', 'nora@hale-family.example'),
  dad: person('Peter Hale', 'peter@hale-family.example'),
  sam: person('Sam Whitlock', 'sam@whitlock.example'),
  iris: person('Iris Nakamura', 'iris@harbourcafe.example'),
  choir: person('Gwen Parry', 'gwen@quaysidechoir.example'),
  landlord: person('Marlowe Lettings', 'office@marlowe-lettings.example'),
  dentist: person('Dr. Hana Svobodová', 'reception@brightwater-dental.example'),
  editor: person('Oliver Finch', 'oliver@coastlines-magazine.example'),
  ranger: person('Kirsty MacLeod', 'kirsty@northshore-reserve.example'),
  erik: person('Erik Lindqvist', 'erik@lindqvist.example'),
  fatima: person('Fatima Zahra', 'fatima@tidewatch.example'),
  george: person('George Pell', 'george.pell@coastwatch.example'),
  wendy: person('Wendy Achterberg', 'wendy@achterberg.example'),
  hamish: person('Hamish Boyd', 'hamish@boyd-boats.example'),
} as const satisfies Record<string, Person>;

export type PersonName = keyof typeof PEOPLE;
