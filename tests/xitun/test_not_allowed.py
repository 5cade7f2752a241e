"""An address that only takes forms, opened by itself."""

HTML = {"HTTP_ACCEPT": "text/html,application/xhtml+xml"}


def test_it_says_so_in_words_and_leads_on(as_user, cast):
    response = as_user(cast.secretary).get("/records/1/void/", **HTML)
    assert response.status_code == 405
    assert "表单" in response.content.decode()
    assert 'href="/"' in response.content.decode()


def test_a_program_gets_the_bare_answer(as_user, cast):
    client = as_user(cast.secretary)
    assert client.get("/records/1/void/").content == b""
    assert client.get("/api/v1/records/1/void/", **HTML)["Content-Type"] == "application/json"
