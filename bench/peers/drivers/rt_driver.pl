# Request Tracker's own Gateway(), in process: `perl rt_driver.pl HOME`, with RT_SITE_CONFIG pointing at its settings, and
# a database that rt-setup-database has made. A line of standard input is a folder of mails to take, one of the output
# what it has then. A reply carries the number of its ticket in its subject, as the confirmation would have had it.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT -init;
use RT::Interface::Email;
use JSON::PP;

$| = 1;
my $everyone = RT::Group->new(RT->SystemUser);
$everyone->LoadSystemInternalGroup('Everyone');
for my $right (qw(CreateTicket ReplyToTicket SeeQueue ShowTicket)) {
    $everyone->PrincipalObj->GrantRight(Right => $right, Object => $RT::System);
}
my $tag = RT->Config->Get('rtname');
my (%ticket_of, $refused);
$refused = 0;
print "ready\n";
while (my $folder = <STDIN>) {
    chomp $folder;
    for my $file (sort glob("$folder/*.eml")) {
        open(my $in, '<:raw', $file) or die $!;
        my $mail = do { local $/; <$in> };
        close $in;
        my ($id) = $mail =~ /^Message-ID: (<[^>]*>)/mi;
        my ($parent) = $mail =~ /^In-Reply-To: (<[^>]*>)/mi;
        if ($parent && $ticket_of{$parent}) {
            $mail =~ s/^(Subject: )/$1\[$tag #$ticket_of{$parent}\] /mi;
        }
        my ($status, $error, $ticket) =
            RT::Interface::Email::Gateway({message => $mail, queue => 'General', action => 'correspond'});
        $refused++ unless $status == 1;
        $ticket_of{$id} = $ticket->id if $status == 1 && $ticket && $ticket->id;
    }
    my $tickets = RT::Tickets->new(RT->SystemUser);
    $tickets->FromSQL('id > 0');
    my ($entries, $told) = map {
        $RT::Handle->dbh->selectrow_array("SELECT count(*) FROM Transactions WHERE $_")
    } ("ObjectType = 'RT::Ticket' AND Type IN ('Create', 'Correspond')", "Type IN ('EmailRecord')");
    print encode_json({cases => $tickets->CountAll + 0, entries => $entries + 0, told => $told + 0, refused => $refused}),
        "\n";
}
