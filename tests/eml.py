"""A small EML_NL 230b file for tests, of invented people."""


def candidate_xml(
    number: object, initials: str, first_name: str, infix: str, last_name: str, city: str
) -> str:
    """One candidate; an empty part is left out."""
    parts = [
        f'<xnl:NameLine NameType="Initials">{initials}</xnl:NameLine>' if initials else "",
        f"<xnl:FirstName>{first_name}</xnl:FirstName>" if first_name else "",
        f"<xnl:NamePrefix>{infix}</xnl:NamePrefix>" if infix else "",
        f"<xnl:LastName>{last_name}</xnl:LastName>" if last_name else "",
    ]
    address = f"<xal:Locality><xal:LocalityName>{city}</xal:LocalityName></xal:Locality>" if city else ""
    return (
        f'<Candidate><CandidateIdentifier Id="{number}"/><CandidateFullName><xnl:PersonName>{"".join(parts)}'
        f"</xnl:PersonName></CandidateFullName><Gender>female</Gender>"
        f"<QualifyingAddress>{address}</QualifyingAddress></Candidate>"
    )


ANNA = candidate_xml(1, "A.B.", "Anna", "", "Bakker", "Juinen")


def candidate_file(
    candidates: str = ANNA,
    *,
    kind: str = "230b",
    category: str = "PS",
    list_number: int = 1,
    list_name: str = "Lijst Een",
    made_at: str = "2027-02-05T10:30:00.000",
    issued: str = "2027-02-05",
    day: str = "2027-03-17",
    domain_code: str = "0001",
    second_contest: str = "",
) -> bytes:
    """A whole file with one list, and for `second_contest` the same list of another district."""

    def contest(people: str) -> str:
        return (
            f'<Contest><ContestIdentifier Id="geen"/><Affiliation><AffiliationIdentifier Id="{list_number}">'
            f"<RegisteredName>{list_name}</RegisteredName></AffiliationIdentifier><Type>lijst</Type>{people}"
            "</Affiliation></Contest>"
        )

    contests = contest(candidates) + (contest(second_contest) if second_contest else "")
    return (
        '<?xml version="1.0" encoding="UTF-8"?><EML xmlns="urn:oasis:names:tc:evs:schema:eml"'
        ' xmlns:kr="http://www.kiesraad.nl/extensions" xmlns:xal="urn:oasis:names:tc:ciq:xsdschema:xAL:2.0"'
        f' xmlns:xnl="urn:oasis:names:tc:ciq:xsdschema:xNL:2.0" Id="{kind}" SchemaVersion="5">'
        f"<TransactionId>1</TransactionId><IssueDate>{issued}</IssueDate>"
        f"<kr:CreationDateTime>{made_at}</kr:CreationDateTime><CandidateList><Election>"
        '<ElectionIdentifier Id="PS2027"><ElectionName>Provinciale Staten 2027</ElectionName>'
        f"<ElectionCategory>{category}</ElectionCategory>"
        f'<kr:ElectionDomain Id="{domain_code}">Juinen</kr:ElectionDomain>'
        f"<kr:ElectionDate>{day}</kr:ElectionDate></ElectionIdentifier>{contests}</Election></CandidateList></EML>"
    ).encode()
