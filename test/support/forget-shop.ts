// A project of whose people one is forgotten.

export const shopSource = `
project shop < language 1  time zone "UTC"  currency EUR  sender "S <s@shop.example>"  postal address "Street 1" >
contact < id text key  email email?  first_name text?  seats number? >
event signed_up < note text? >
topic tips "Tips" opt out
list vips "Important"
team sales
email hello < subject "Hello {{ first_name | default: 'you' }}"  text "Hello"  topic tips >
segment Known where seats > 1
load contact from csv "people.csv" < id from id  email from email  first_name from name  seats from seats >
load signed_up from csv "signed.csv" < contact from who  at from at  note from note >
load vips from csv "vips.csv" < contact from who >
load tips from csv "tips.csv" < contact from who  state from state  at from at >
program p < start when signed_up  exit when unsubscribed  send hello  hand off to sales with "Ring them"  wait 30d >
`;

export const shopFiles: Readonly<Record<string, string>> = {
  "people.csv":
    "id,email,name,seats\nzora-key,Zora@Secret.example,Zorabelle,7\nben,ben@x.example,Benedikt,3\nbad,no-address,Other,x\n",
  "signed.csv": "who,at,note\nzora-key,2026-03-02 10:00,call Zorabelle\nben,2026-03-02 10:00,call Benedikt\n",
  "vips.csv": "who\nzora-key\nben\nZorabelle\n",
  "tips.csv": "who,state,at\nzora-key,yes,2026-03-01 10:00\nben,yes,2026-03-01 10:00\n",
};
